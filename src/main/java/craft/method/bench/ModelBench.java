package craft.method.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import craft.intervention.InterventionSet;
import craft.intervention.LoReftMath;
import craft.intervention.LoReftStart;
import craft.intervention.LoReftTensors;
import craft.intervention.Positions;
import craft.lm.CausalLm;
import craft.lm.CausalLm.Direction;
import craft.lm.Edits;
import craft.lm.ForwardPass;
import craft.lm.Generator;
import craft.lm.PlainPass;
import craft.lm.PrefixCache;
import craft.lm.ScriptModule;
import craft.lm.Sequence;
import craft.method.AdamW;
import craft.method.Answers;
import craft.method.Batches;
import craft.method.Seeds;
import craft.method.TrainingOptions;
import craft.method.train.AdapterAnswers;
import craft.method.reft.LoReftTrainable;
import craft.method.train.Objective;
import craft.method.train.Training;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What one model's passes, steps and evaluation cost. Rank 8, positions l4, answers of 3 tokens, cross-entropy alone, on
 * random tokens. Confined to one thread, prepared by {@link craft.lm.TorchThread#prepare()}.
 */
public final class ModelBench {
    public static final int RANK = 8;
    public static final int ANSWER = 3;
    public static final Positions POSITIONS = new Positions(0, 4);
    private static final double LEARNING_RATE = 1e-4;
    /** Different batches in turn, so that the processor's own caches do not hold the whole of what is read. */
    private static final int BATCHES = 2;
    private static final int PADDED_TOKENS = 2048;
    private static final long AMPLE = 8L << 30;

    private final CausalLm model;
    private final Timing timing;

    public ModelBench(CausalLm model, Timing timing) {
        this.model = model;
        this.timing = timing;
    }

    /** @param seconds median of one pass; @param gflops operations by {@link Work#forward} over the time */
    public record Forward(int batch, int prompt, double seconds, double tokensPerSecond, double gflops) {
    }

    /** The plain pass without gradient, LM head at the answers included. */
    public Forward forward(int batch, int prompt) {
        List<Sequence> sequences = sequences(1).batch(batch, prompt, ANSWER);
        PlainPass pass = new PlainPass(model);
        long[] targets = ForwardPass.targets(sequences);
        double seconds = timing.median(() -> {
            try (NDManager step = model.newManager()) {
                model.logLikelihood(pass.hidden(step, sequences, null), targets);
            }
        });
        int length = prompt + ANSWER;
        return new Forward(batch, prompt, seconds, batch * length / seconds,
                Work.forward(model.config(), batch, length, batch * ANSWER) / seconds / 1e9);
    }

    /**
     * One optimiser step, computed plainly and with prefilled prompts, median seconds.
     *
     * @param prefill seconds that filling the cache for one batch takes, once
     * @param plainCalls calls into TorchScript a step
     * @param cacheBytes kept for one batch
     */
    public record Step(int batch, int prompt, int layers, int lowest, double plain, double cached, double prefill,
            long plainCalls, long cachedCalls, long cacheBytes) {

        /** A cached step's cost as a share of a plain one's. */
        public double ratio() {
            return cached / plain;
        }

        /** The same with the prefill spread over so many passes over the rows. */
        public double ratioOver(int epochs) {
            return (cached + prefill / epochs) / plain;
        }
    }

    /** @param layers intervened layers, ascending */
    public Step step(int batch, int prompt, int[] layers) {
        List<List<Sequence>> batches = batches(batch, prompt);
        try (LoReftMath math = new LoReftMath();
                PrefixCache cache = new PrefixCache(model, POSITIONS, layers[0], AMPLE);
                Training plain = training(new PlainPass(model), math, layers);
                Training cached = training(cache, math, layers)) {
            List<Double> first = new ArrayList<>();
            // once more than there are batches: the very first call also warms PyTorch up
            for (List<Sequence> one : Stream.concat(Stream.of(sequences(3).batch(batch, prompt, ANSWER)), batches.stream())
                    .toList()) {
                first.add(Timing.seconds(() -> cached.step(one, Objective.CROSS_ENTROPY, LEARNING_RATE)));
            }
            Turn plainTurn = new Turn(plain, batches);
            Turn cachedTurn = new Turn(cached, batches);
            List<Double> laps = timing.laps(List.of(new Timing.Load(plainTurn, 1), new Timing.Load(cachedTurn, 3)));
            double fill = Timing.medianOf(first.subList(1, first.size())) - laps.get(1);
            return new Step(batch, prompt, layers.length, layers[0], laps.get(0), laps.get(1), Math.max(0, fill),
                    calls(plainTurn), calls(cachedTurn), cache.bytes() / first.size());
        }
    }

    /**
     * Where a cached step's time goes, median seconds; each part measured alone.
     *
     * @param forward the pass from the cache, without gradient
     * @param loss LM head and cross-entropy, without gradient
     * @param rest gradients, and whatever Java does between
     */
    public record Parts(double step, double forward, double loss, double optimiser, double retraction, double rest) {
    }

    public Parts parts(int batch, int prompt, int[] layers) {
        List<Sequence> sequences = sequences(1).batch(batch, prompt, ANSWER);
        long[] targets = ForwardPass.targets(sequences);
        try (LoReftMath math = new LoReftMath();
                NDManager scope = model.newManager();
                AdamW adam = new AdamW(0, 1);
                PrefixCache cache = new PrefixCache(model, POSITIONS, layers[0], AMPLE);
                Training training = training(cache, math, layers)) {
            LoReftTensors set = LoReftTensors.of(scope, start(layers));
            NDArray hidden = cache.hidden(scope, sequences, set.edits());
            List<Double> laps = timing.laps(List.of(
                    new Timing.Load(() -> training.step(sequences, Objective.CROSS_ENTROPY, LEARNING_RATE), 3),
                    new Timing.Load(() -> inStep(step -> cache.hidden(step, sequences, set.edits())), 3),
                    new Timing.Load(() -> {
                        try (NDList loss = model.loss(hidden, targets, null, Direction.FORWARD, 1, 0)) {
                            loss.get(0).getFloat();
                        }
                    }, 3),
                    new Timing.Load(() -> inStep(step -> {
                        adam.step(copies(set, step), copies(set, step), LEARNING_RATE);
                    }), 3),
                    new Timing.Load(() -> math.retract(set.rotation()).close(), 3)));
            double rest = laps.get(0) - laps.subList(1, laps.size()).stream().mapToDouble(Double::doubleValue).sum();
            return new Parts(laps.get(0), laps.get(1), laps.get(2), laps.get(3), laps.get(4), Math.max(0, rest));
        }
    }

    /**
     * Rows a second that choose among labels.
     *
     * @param apart plain passes, every label with a prompt of its own
     * @param packed plain passes, all labels behind one prompt
     * @param first packed, with prompts kept, the first time
     * @param again packed, with prompts kept, any later time
     */
    public record Evaluation(int rows, int prompt, int labels, int labelTokens, double apart, double packed, double first,
            double again) {
    }

    public Evaluation evaluation(int rows, int prompt, int labels, int[] layers) {
        List<Sequence> packed = sequences(1).batch(rows, prompt, labels, ANSWER);
        List<Sequence> apart = packed.stream()
                .flatMap(s -> s.continuations().stream().map(c -> new Sequence(s.prompt(), List.of(c)))).toList();
        InterventionSet set = start(layers);
        try (PrefixCache cache = new PrefixCache(model, POSITIONS, layers[0], AMPLE);
                Answers plain = new AdapterAnswers(model, new PlainPass(model), set);
                Answers cached = new AdapterAnswers(model, cache, set)) {
            score(cached, sequences(2).batch(1, prompt, labels, ANSWER));
            double first = Timing.seconds(() -> score(cached, packed));
            List<Double> laps = timing.laps(List.of(new Timing.Load(() -> score(plain, packed), 1),
                    new Timing.Load(() -> score(cached, packed), 2), new Timing.Load(() -> score(plain, apart), 1)));
            return new Evaluation(rows, prompt, labels, ANSWER, rows / laps.get(2), rows / laps.get(0), rows / first,
                    rows / laps.get(1));
        }
    }

    /**
     * New tokens a second of rows that are written, reading their prompts included. A masked model writes none.
     *
     * @param tokens of each row: fewer where the model's context ends; no token ends a row
     * @param apart one row after the other
     * @param plain all rows at once
     * @param kept likewise, with prompts kept
     */
    public record Generation(int rows, int prompt, int tokens, double apart, double plain, double kept) {
    }

    public Generation generation(int rows, int prompt, int tokens, int[] layers) {
        int most = Math.min(tokens, model.config().context() - prompt);
        if (!model.config().writesText() || most <= 0) {
            return new Generation(rows, prompt, 0, Double.NaN, Double.NaN, Double.NaN);
        }
        List<Sequence> sequences = sequences(1).batch(rows, prompt, ANSWER);
        List<int[]> prompts = sequences.stream().map(Sequence::prompt).toList();
        try (NDManager scope = model.newManager(); PrefixCache cache = new PrefixCache(model, POSITIONS, layers[0], AMPLE)) {
            Edits edits = LoReftTensors.of(scope, start(layers)).edits();
            inStep(step -> cache.hidden(step, sequences, edits));
            Generator plain = new Generator(model, new PlainPass(model));
            Generator kept = new Generator(model, cache);
            List<Double> laps = timing.laps(List.of(
                    new Timing.Load(() -> prompts.forEach(one -> plain.generate(List.of(one), edits, most, Set.of())), 1),
                    new Timing.Load(() -> plain.generate(prompts, edits, most, Set.of()), 1),
                    new Timing.Load(() -> kept.generate(prompts, edits, most, Set.of()), 1)));
            double all = (double) rows * most;
            return new Generation(rows, prompt, most, all / laps.get(0), all / laps.get(1), all / laps.get(2));
        }
    }

    /**
     * The same model with its numbers held otherwise, against this one, both with prompts kept.
     *
     * @param divergence mean KL(this || other) of the next token over {@link #PROBES}, nats
     * @param sameToken share of positions at which both find the same token most likely
     * @param accuracy share of positions at which this model finds the token that comes next most likely
     * @param accuracyDifference the other's less this one's
     * @param forward the other's plain pass as a share of this one's time
     * @param step the other's cached training step as a share of this one's time
     * @param cacheBytes the other's kept bytes as a share of this one's
     */
    public record Agreement(String what, int predictions, double divergence, double sameToken, double accuracy,
            double accuracyDifference, double forward, double step, double cacheBytes) {
    }

    /** Texts of several kinds, so that what is predicted is neither all easy nor all hard. */
    private static final List<String> PROBES = List.of(
            "Once upon a time there was a little girl who lived in a house at the edge of the forest with her grandmother.",
            "The train to the north leaves at half past seven in the morning; a ticket must be bought before the journey.",
            "Congratulations! You have been chosen to win a prize. Call this number now to claim it before midnight.",
            "Water boils at one hundred degrees at sea level, and at a lower temperature on the top of a high mountain.",
            "Can you tell me what the weather will be like tomorrow, and whether I should take an umbrella with me?",
            "int sum = 0; for (int i = 0; i < 10; i++) { sum += i * i; } return sum;",
            "\uc624\ub298 \uc800\ub141\uc5d0 \uce5c\uad6c\uc640 \ud568\uaed8 \uc601\ud654\ub97c \ubcf4\uace0 \uc2f6\uc5b4\uc694.");

    /** @param layers intervened layers, ascending */
    public Agreement agreement(String what, CausalLm other, int batch, int prompt, int[] layers) {
        List<Sequence> probes = PROBES.stream().map(text -> model.tokens().prompt(text)).filter(ids -> ids.length > 8)
                .map(ids -> new Sequence(Arrays.copyOf(ids, ids.length / 3),
                        List.of(Arrays.copyOfRange(ids, ids.length / 3, Math.min(ids.length, model.config().context())))))
                .toList();
        List<Sequence> rows = sequences(1).batch(batch, prompt, ANSWER);
        try (LoReftMath math = new LoReftMath();
                NDManager scope = model.newManager();
                PrefixCache own = new PrefixCache(model, POSITIONS, layers[0], AMPLE);
                PrefixCache others = new PrefixCache(other, POSITIONS, layers[0], AMPLE);
                Training ownTraining = LoReftTrainable.training(model, own, math, TrainingOptions.defaults(), start(layers));
                Training otherTraining = LoReftTrainable.training(other, others, math, TrainingOptions.defaults(), start(layers))) {
            NDArray p = own.hidden(scope, probes, null);
            NDArray q = others.hidden(scope, probes, null);
            double divergence = model.divergence(p, q, Direction.FORWARD, 1);
            long[] first = model.logits(p).argMax(-1).toLongArray();
            long[] second = other.logits(q).argMax(-1).toLongArray();
            double accuracy = equal(first, ForwardPass.targets(probes));
            double otherAccuracy = equal(second, ForwardPass.targets(probes));
            double bytes = (double) others.bytes() / own.bytes();
            List<Double> laps = timing.laps(List.of(
                    new Timing.Load(() -> plain(model, rows), 1), new Timing.Load(() -> plain(other, rows), 1),
                    new Timing.Load(() -> ownTraining.step(rows, Objective.CROSS_ENTROPY, LEARNING_RATE), 2),
                    new Timing.Load(() -> otherTraining.step(rows, Objective.CROSS_ENTROPY, LEARNING_RATE), 2)));
            return new Agreement(what, first.length, divergence, equal(first, second), accuracy, otherAccuracy - accuracy,
                    laps.get(1) / laps.get(0), laps.get(3) / laps.get(2), bytes);
        }
    }

    /** Share of places at which both have the same token. */
    private static double equal(long[] one, long[] other) {
        return IntStream.range(0, one.length).filter(i -> one[i] == other[i]).count() / (double) one.length;
    }

    private static void plain(CausalLm model, List<Sequence> rows) {
        try (NDManager step = model.newManager()) {
            model.logLikelihood(new PlainPass(model).hidden(step, rows, null), ForwardPass.targets(rows));
        }
    }

    /**
     * Resident memory over many cached steps on prompts of mixed length, each sample after a garbage collection.
     *
     * @param samples bytes after each tenth of the steps; empty where not measured
     * @param steps steps made
     */
    public record Growth(int steps, List<Long> samples, double secondsPerStep) {
        /** Bytes the process grew by between the first tenth of the steps and the last one. */
        public OptionalLong bytes() {
            return samples.size() < 2 ? OptionalLong.empty()
                    : OptionalLong.of(samples.get(samples.size() - 1) - samples.get(0));
        }
    }

    public Growth growth(int steps, int batch, int[] layers) {
        RandomSequences random = sequences(1);
        List<Sequence> rows = new ArrayList<>();
        for (int i = 0; i < 16 * batch; i++) {
            rows.addAll(random.batch(1, random.between(16, Math.min(160, model.config().context() - ANSWER)), ANSWER));
        }
        TrainingOptions batches = new TrainingOptions(LEARNING_RATE, batch, 0, 1, 1, "", 0, 0, 1);
        List<Long> samples = new ArrayList<>();
        double seconds = 0;
        try (LoReftMath math = new LoReftMath();
                PrefixCache cache = new PrefixCache(model, POSITIONS, layers[0], AMPLE);
                Training training = training(cache, math, layers)) {
            Iterator<List<Sequence>> order = Stream.iterate(0, epoch -> epoch + 1)
                    .flatMap(epoch -> Batches.epoch(rows, batches, 1, epoch).stream()).iterator();
            ResidentMemory.settled(); // Java gives back what loading needed: that is no part of the steps'
            for (int tenth = 1; tenth <= 10; tenth++) {
                int count = (int) ((long) steps * tenth / 10 - (long) steps * (tenth - 1) / 10);
                seconds += Timing.seconds(() -> {
                    for (int i = 0; i < count; i++) {
                        training.step(order.next(), Objective.CROSS_ENTROPY, LEARNING_RATE);
                    }
                });
                ResidentMemory.settled().ifPresent(samples::add);
            }
        }
        return new Growth(steps, List.copyOf(samples), seconds / steps);
    }

    private static void score(Answers answers, List<Sequence> rows) {
        for (List<Sequence> batch : Batches.byLength(rows, PADDED_TOKENS)) {
            answers.logLikelihoods(batch);
        }
    }

    private long calls(Turn turn) {
        long before = ScriptModule.calls();
        turn.run();
        return ScriptModule.calls() - before;
    }

    /** One step after the other, on different batches in turn. */
    private static final class Turn implements Runnable {
        private final Training training;
        private final List<List<Sequence>> batches;
        private int next;

        Turn(Training training, List<List<Sequence>> batches) {
            this.training = training;
            this.batches = batches;
        }

        @Override
        public void run() {
            training.step(batches.get(next++ % batches.size()), Objective.CROSS_ENTROPY, LEARNING_RATE);
        }
    }

    private void inStep(Consumer<NDManager> work) {
        try (NDManager step = model.newManager()) {
            work.accept(step);
        }
    }

    private static List<NDArray> copies(LoReftTensors set, NDManager to) {
        return set.arrays().stream().map(array -> {
            NDArray copy = array.duplicate();
            copy.attach(to);
            return copy;
        }).toList();
    }

    private RandomSequences sequences(long seed) {
        return new RandomSequences(model.config(), seed);
    }

    private List<List<Sequence>> batches(int batch, int prompt) {
        RandomSequences random = sequences(1);
        List<List<Sequence>> batches = new ArrayList<>();
        for (int i = 0; i < BATCHES; i++) {
            batches.add(random.batch(batch, prompt, ANSWER));
        }
        return batches;
    }

    private InterventionSet start(int[] layers) {
        return LoReftStart.fresh(POSITIONS, layers, RANK, model.config().hiddenSize(), false, Seeds.random(1, "bench", 0));
    }

    private Training training(ForwardPass pass, LoReftMath math, int[] layers) {
        return LoReftTrainable.training(model, pass, math, TrainingOptions.defaults(), start(layers));
    }
}
