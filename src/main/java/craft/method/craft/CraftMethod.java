package craft.method.craft;

import craft.intervention.Adapter;
import craft.intervention.InterventionSet;
import craft.intervention.LoReftMath;
import craft.intervention.LoReftStart;
import craft.intervention.Placement;
import craft.intervention.SiteOptions;
import craft.lm.CausalLm;
import craft.lm.PrefixCache;
import craft.lm.Sequence;
import craft.method.Answers;
import craft.method.Batches;
import craft.method.ContinualMethod;
import craft.method.Monitor;
import craft.method.Seeds;
import craft.method.Stage;
import craft.method.TrainingOptions;
import craft.method.TrainingTask;
import craft.method.State;
import craft.method.train.AdapterAnswers;
import craft.method.train.NearestGroup;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * CRAFT: route each task to a group of interventions or open a new one, tune it with a divergence to what it was, merge.
 * State: the groups' intervention sets and the table task -> group. With routing, divergence and merging off it is
 * sequential LoReFT: one intervention set, trained on one task after the other.
 */
public final class CraftMethod implements ContinualMethod {
    private final CausalLm model;
    private final CraftOptions options;
    private final SiteOptions sites;
    private final Placement placement;
    private final PrefixCache pass;
    private final LoReftMath math = new LoReftMath();
    private final Workshop workshop;
    private final List<InterventionSet> groups = new ArrayList<>();
    private final GroupChoice choice;
    private final Map<Integer, Integer> table = new HashMap<>();
    private Lesson lesson;

    /** @param cacheBytes memory for prefilled prompts */
    public CraftMethod(CausalLm model, CraftOptions options, SiteOptions sites, TrainingOptions training, long seed, long cacheBytes) {
        this.model = model;
        this.options = options;
        this.sites = sites;
        sites.check(model.config().hiddenSize());
        this.placement = sites.placement(model.config().layers());
        this.pass = new PrefixCache(model, placement.positions(), placement.lowest(), cacheBytes);
        this.choice = switch (options.inference()) {
            case NEAREST -> new HiddenChoice(pass, new NearestGroup());
            case DIVERGENCE -> new OutputChoice(model, pass, groups, OutputChoice.DIVERGENCE);
            case ENTROPY -> new OutputChoice(model, pass, groups, OutputChoice.ENTROPY);
        };
        this.workshop = new Workshop(model, pass, math, placement, training, seed);
    }

    @Override
    public int plannedSteps(TrainingTask task) {
        int warmUp = options.routing().enabled() ? options.routing().warmupSteps() : 0;
        return warmUp + workshop.training().epochsOf(task.name()) * Batches.perEpoch(task.train(), workshop.training());
    }

    @Override
    public void learn(TrainingTask task, Monitor monitor) {
        List<Sequence> probe = probe(task);
        lesson = lesson == null ? new Lesson() : lesson;
        InterventionSet start = LoReftStart.fresh(placement, sites.rank(), model.config().hiddenSize(),
                sites.identityStart(), Seeds.random(workshop.seed(), "start", task.index()));
        if (lesson.decision() == null) {
            start = options.routing().enabled() ? route(start, task, probe, monitor) : start;
            if (!options.routing().enabled()) {
                boolean open = groups.isEmpty();
                lesson.decided(new Monitor.Routed(List.of(), Double.NaN, Double.NaN, "routing off", open ? 0 : 1, 1, open));
            }
        }
        Monitor.Routed decision = lesson.decision();
        Tuner tuner = new Tuner(workshop, options.tuning());
        if (decision.opened()) {
            InterventionSet trained = tuner.tune(start, null, task, lesson, monitor);
            groups.add(trained);
        } else {
            InterventionSet reference = groups.get(decision.group() - 1);
            boolean fromGroup = options.tuning().start() == CraftOptions.Start.GROUP || !options.routing().enabled();
            InterventionSet trained = tuner.tune(fromGroup ? reference : start, reference, task, lesson, monitor);
            groups.set(decision.group() - 1, options.merging().enabled()
                    ? new Merger(workshop, options.merging(), options.routing().direction()).merge(decision.group(), reference, trained, probe, monitor)
                    : trained);
        }
        table.put(task.index(), decision.group());
        choice.join(decision.group(), groups.get(decision.group() - 1), probe);
        pass.forget(task.train());
        pass.forget(task.eval());
        lesson = null;
    }

    /** Warms up and decides; gives the warmed-up intervention. */
    private InterventionSet route(InterventionSet fresh, TrainingTask task, List<Sequence> probe, Monitor monitor) {
        Router router = new Router(workshop, options.routing());
        InterventionSet warm = router.warmUp(fresh, task, lesson, monitor);
        monitor.stageStarted(Stage.ROUTE, 0);
        lesson.decided(router.decide(warm, groups, probe));
        monitor.routed(lesson.decision());
        monitor.stageFinished(Stage.ROUTE, 0, "");
        return warm;
    }

    /** P_t: a fixed random sample of the training rows. */
    private List<Sequence> probe(TrainingTask task) {
        List<Sequence> rows = new ArrayList<>(task.train());
        Random random = Seeds.random(workshop.seed(), "probe", task.index());
        Collections.shuffle(rows, random);
        return List.copyOf(rows.subList(0, Math.min(options.routing().probeExamples(), rows.size())));
    }

    @Override
    public int groupOf(int task) {
        return table.get(task);
    }

    @Override
    public int nearestGroup(List<Sequence> prompts) {
        return groups.isEmpty() ? 0 : choice.together(prompts);
    }

    @Override
    public int[] groupsOf(List<Sequence> prompts) {
        return groups.isEmpty() ? new int[prompts.size()] : choice.each(prompts);
    }

    @Override
    public Answers answers(int group) {
        return new AdapterAnswers(model, pass, group == 0 ? null : groups.get(group - 1));
    }

    @Override
    public List<Adapter> groups() {
        return List.copyOf(groups);
    }

    @Override
    public long trainedParameters() {
        return groups.stream().mapToLong(InterventionSet::parameters).sum();
    }

    /** Groups, and what a prompt's group is chosen by. */
    @Override
    public long storedBytes() {
        return Float.BYTES * trainedParameters() + choice.storedBytes();
    }

    @Override
    public void save(State to) {
        to.put("groups", groups.size());
        for (int g = 0; g < groups.size(); g++) {
            State group = to.part("group").part(g + 1);
            group.put("parameters", groups.get(g).stacked());
        }
        choice.save(to.part("choice"));
        to.put("tasks", table.size());
        table.forEach((task, group) -> to.part("table").put(task.toString(), group));
        to.put("halfLearnt", lesson != null);
        if (lesson != null) {
            lesson.save(to.part("lesson"));
        }
    }

    @Override
    public void restore(State from) {
        for (int g = 1; g <= from.integer("groups"); g++) {
            State group = from.part("group").part(g);
            groups.add(InterventionSet.of(placement, group.arrays("parameters")));
        }
        choice.restore(from.part("choice"));
        for (int task = 1; task <= from.integer("tasks"); task++) {
            table.put(task, from.part("table").integer(Integer.toString(task)));
        }
        lesson = from.flag("halfLearnt") ? new Lesson(from.part("lesson")) : null;
    }

    @Override
    public void close() {
        pass.close();
        math.close();
    }
}
