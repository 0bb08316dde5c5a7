package craft.method.craft;

import craft.intervention.InterventionSet;
import craft.intervention.LoReftMath;
import craft.intervention.LoReftStart;
import craft.intervention.Positions;
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
import craft.method.reft.LoReftAnswers;
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
    private final int[] layers;
    private final Positions positions;
    private final PrefixCache pass;
    private final LoReftMath math = new LoReftMath();
    private final Workshop workshop;
    private final List<InterventionSet> groups = new ArrayList<>();
    private final List<float[]> centres = new ArrayList<>();
    private final List<Integer> members = new ArrayList<>();
    private final Map<Integer, Integer> table = new HashMap<>();

    /** @param cacheBytes memory for prefilled prompts */
    public CraftMethod(CausalLm model, CraftOptions options, SiteOptions sites, TrainingOptions training, long seed, long cacheBytes) {
        this.model = model;
        this.options = options;
        this.sites = sites;
        sites.check(model.config().hiddenSize());
        this.layers = sites.layersOf(model.config().layers());
        this.positions = Positions.parse(sites.positions());
        this.pass = new PrefixCache(model, positions, layers[0], cacheBytes);
        this.workshop = new Workshop(model, pass, math, training, seed);
    }

    @Override
    public int plannedSteps(int trainRows) {
        int warmUp = options.routing().enabled() ? options.routing().warmupSteps() : 0;
        return warmUp + workshop.training().epochs() * Batches.perEpoch(trainRows, workshop.training().batchSize());
    }

    @Override
    public void learn(TrainingTask task, Monitor monitor) {
        List<Sequence> probe = probe(task);
        InterventionSet start = LoReftStart.fresh(positions, layers, sites.rank(), model.config().hiddenSize(),
                sites.identityStart(), Seeds.random(workshop.seed(), "start", task.index()));
        Monitor.Routed decision;
        if (options.routing().enabled()) {
            Router router = new Router(workshop, options.routing());
            start = router.warmUp(start, task, monitor);
            monitor.stageStarted(Stage.ROUTE, 0);
            decision = router.decide(start, groups, probe);
            monitor.routed(decision);
            monitor.stageFinished(Stage.ROUTE, 0, "");
        } else {
            boolean open = groups.isEmpty();
            decision = new Monitor.Routed(List.of(), Double.NaN, Double.NaN, "routing off", open ? 0 : 1, 1, open);
            monitor.routed(decision);
        }
        Tuner tuner = new Tuner(workshop, options.tuning());
        if (decision.opened()) {
            InterventionSet trained = tuner.tune(start, null, task, monitor);
            groups.add(trained);
            centres.add(new float[model.config().hiddenSize()]);
            members.add(0);
        } else {
            InterventionSet reference = groups.get(decision.group() - 1);
            boolean fromGroup = options.tuning().start() == CraftOptions.Start.GROUP || !options.routing().enabled();
            InterventionSet trained = tuner.tune(fromGroup ? reference : start, reference, task, monitor);
            groups.set(decision.group() - 1, options.merging().enabled()
                    ? new Merger(workshop, options.merging(), options.routing().direction()).merge(decision.group(), reference, trained, probe, monitor)
                    : trained);
        }
        table.put(task.index(), decision.group());
        remember(decision.group() - 1, probe);
        pass.forget(task.train());
        pass.forget(task.eval());
    }

    /** P_t: a fixed random sample of the training rows. */
    private List<Sequence> probe(TrainingTask task) {
        List<Sequence> rows = new ArrayList<>(task.train());
        Random random = Seeds.random(workshop.seed(), "probe", task.index());
        Collections.shuffle(rows, random);
        return List.copyOf(rows.subList(0, Math.min(options.routing().probeExamples(), rows.size())));
    }

    /** Moves the group's centre by the mean prompt state of a task that joined it. */
    private void remember(int group, List<Sequence> prompts) {
        float[] mean = pass.meanPromptState(prompts);
        int n = members.get(group);
        float[] centre = centres.get(group);
        for (int i = 0; i < centre.length; i++) {
            centre[i] = (centre[i] * n + mean[i]) / (n + 1);
        }
        members.set(group, n + 1);
    }

    @Override
    public int groupOf(int task) {
        return table.get(task);
    }

    /** The group whose prompts' mean hidden state at the lowest intervened layer is nearest (Euclidean). */
    @Override
    public int nearestGroup(List<Sequence> prompts) {
        int nearest = 0;
        double least = Double.POSITIVE_INFINITY;
        float[] mean = groups.isEmpty() ? new float[0] : pass.meanPromptState(prompts);
        for (int g = 0; g < groups.size(); g++) {
            double distance = 0;
            for (int i = 0; i < mean.length; i++) {
                distance += Math.pow(mean[i] - centres.get(g)[i], 2);
            }
            if (distance < least) {
                least = distance;
                nearest = g + 1;
            }
        }
        return nearest;
    }

    @Override
    public Answers answers(int group) {
        return new LoReftAnswers(model, pass, group == 0 ? null : groups.get(group - 1));
    }

    @Override
    public List<InterventionSet> groups() {
        return List.copyOf(groups);
    }

    @Override
    public long trainedParameters() {
        return groups.stream().mapToLong(InterventionSet::parameters).sum();
    }

    @Override
    public void close() {
        pass.close();
        math.close();
    }
}
