package craft.method.craft;

import craft.method.Monitor;
import craft.method.State;
import java.util.ArrayList;
import java.util.List;

/** A routing decision in a state that is kept. */
final class Decisions {
    private Decisions() {
    }

    static void write(Monitor.Routed d, State to) {
        to.put("groups", d.divergences().size());
        for (int i = 0; i < d.divergences().size(); i++) {
            to.part("divergence").put("" + i, d.divergences().get(i));
        }
        to.put("base", d.baseDivergence());
        to.put("threshold", d.threshold());
        to.put("rule", d.rule());
        to.put("nearest", d.nearest());
        to.put("group", d.group());
        to.put("opened", d.opened());
    }

    static Monitor.Routed read(State from) {
        List<Double> divergences = new ArrayList<>();
        for (int i = 0; i < from.integer("groups"); i++) {
            divergences.add(from.part("divergence").real("" + i));
        }
        return new Monitor.Routed(divergences, from.real("base"), from.real("threshold"), from.text("rule"), from.integer("nearest"),
                from.integer("group"), from.flag("opened"));
    }
}
