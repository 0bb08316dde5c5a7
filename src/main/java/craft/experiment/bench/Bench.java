package craft.experiment.bench;

import craft.error.InvalidInputException;
import craft.experiment.EngineOptions;
import craft.experiment.MemoryEstimate;
import craft.experiment.ModelCard;
import craft.intervention.SiteOptions;
import craft.lm.CausalLm;
import craft.lm.EngineSettings;
import craft.lm.ModelConfig;
import craft.lm.Precision;
import craft.lm.TorchThread;
import craft.method.bench.MatrixPeak;
import craft.method.bench.ModelBench;
import craft.method.bench.ModelBench.Forward;
import craft.method.bench.ModelBench.Step;
import craft.method.bench.ResidentMemory;
import craft.method.bench.Timing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Measures one model and a random one of 135 million parameters, all in one process, so that ratios can be trusted. */
public final class Bench {
    private static final int PROMPT = 256;
    private static final List<Integer> ALL_PROMPTS = List.of(64, PROMPT, 1024);
    private static final int LABELS = 8;
    private static final int WRITTEN_ROWS = 8;
    private static final int WRITTEN_TOKENS = 64;
    private static final int QUICK_TOKENS = 16;
    /** As in a run of default options. */
    private static final EngineSettings USUAL = EngineOptions.defaults().settings();
    /** Number formats compared with float32. */
    private static final List<EngineSettings> ROUNDED = List.of(new EngineSettings(Precision.BFLOAT16, false, USUAL.parts()),
            new EngineSettings(Precision.FLOAT32, true, USUAL.parts()));

    private final BenchOptions options;
    private final Consumer<String> progress;

    /** @param progress told what is being measured now */
    public Bench(BenchOptions options, Consumer<String> progress) {
        this.options = options;
        this.progress = progress;
    }

    /** Sizes for one model; {@code upperPrompts} where the upper half alone is intervened. */
    private record Sizes(Timing timing, int batch, List<Integer> prompts, List<Integer> upperPrompts, int evaluationRows,
            int evaluationPrompt, int written, int steps, List<EngineSettings> rounded) {
        /** Long prompts in smaller batches: a plain step keeps every token of every layer. */
        int batch(int prompt) {
            return Math.max(1, Math.min(batch, 1024 / prompt));
        }
    }

    /** @param forward one a measured prompt length; @param growth empty where not measured */
    record Measured(String name, long parameters, int layers, List<Forward> forwards, List<Step> steps, ModelBench.Parts parts,
            ModelBench.Evaluation evaluation, ModelBench.Generation generation, List<ModelBench.Agreement> agreements,
            Optional<ModelBench.Growth> growth, OptionalLong loaded, OptionalLong peak, long estimate) {
    }

    /** Everything measured, for the report. */
    record Result(boolean quick, int threads, int processors, OptionalLong start, List<MatrixPeak.Speed> peaks,
            List<Measured> models) {
        /** The best speed of all sizes, GFLOP/s. */
        double peak() {
            return peaks.stream().mapToDouble(MatrixPeak.Speed::gflops).max().orElse(Double.NaN);
        }
    }

    /**
     * Measures on the calling thread, for some minutes, with {@code quick} for fewer.
     *
     * @throws InvalidInputException when the model or the layers cannot be used, or there is not enough memory
     */
    public BenchReport run() {
        ModelCard card = ModelCard.read(options.model());
        MemoryEstimate.ofModel(card.folder()).requireFits(MemoryEstimate.machineBytes());
        layers(card.layers());
        if (options.large()) {
            layers(RandomModel.Shape.OF_135M.layers());
        }
        OptionalLong start = ResidentMemory.now();
        TorchThread.prepare();
        boolean quick = options.quick();
        progress.accept("matrix multiplication");
        List<MatrixPeak.Speed> peaks = new ArrayList<>(peaks());
        List<Measured> models = new ArrayList<>();
        List<Integer> prompts = options.prompts().isEmpty() ? ALL_PROMPTS : options.prompts();
        Timing timing = quick ? new Timing(1, 5, 1.5) : new Timing(2, 15, 10);
        Sizes small = new Sizes(timing, 4, prompts, prompts, quick ? 8 : 64, 96, WRITTEN_TOKENS, options.steps(),
                ROUNDED);
        try (CausalLm model = CausalLm.load(card.folder(), USUAL)) {
            models.add(measure(card.name(), model, card.folder(), small));
        }
        if (options.large()) {
            Timing slow = quick ? new Timing(1, 3, 2) : new Timing(1, 7, 20);
            Sizes large = quick && options.prompts().isEmpty()
                    ? new Sizes(slow, 1, List.of(PROMPT), List.of(PROMPT), 2, 96, QUICK_TOKENS, 0, List.of())
                    : new Sizes(slow, quick ? 1 : 4, prompts, prompts, quick ? 2 : 16, 96,
                            quick ? QUICK_TOKENS : WRITTEN_TOKENS, 0, quick ? List.of() : ROUNDED);
            peaks.addAll(peaks());
            models.add(random(large));
        }
        return new BenchTables(new Result(quick, MatrixPeak.threads(), Runtime.getRuntime().availableProcessors(), start,
                peaks, models)).report();
    }

    /** Seconds of one plain pass, one plain and one cached training step at prompts of 256 tokens. */
    public record Steps(double plainPass, double plainStep, double cachedStep) {
    }

    /** Measures these alone, as {@link #run()} does. */
    public Steps steps() {
        ModelCard card = ModelCard.read(options.model());
        TorchThread.prepare();
        try (CausalLm model = CausalLm.load(card.folder(), USUAL)) {
            ModelBench bench = new ModelBench(model, new Timing(1, 7, 10));
            Step step = bench.step(4, PROMPT, layers(card.layers()));
            return new Steps(bench.forward(4, PROMPT).seconds(), step.plain(), step.cached());
        }
    }

    private List<MatrixPeak.Speed> peaks() {
        return MatrixPeak.measure(List.of(512, 1024, 2048), options.quick() ? new Timing(2, 7, 1) : new Timing(3, 21, 3));
    }

    private Measured random(Sizes sizes) {
        progress.accept("writing a random model of 135 million parameters");
        try (RandomModel files = RandomModel.write(RandomModel.Shape.OF_135M)) {
            Path folder = files.folder();
            MemoryEstimate.ofModel(folder).requireFits(MemoryEstimate.machineBytes());
            try (CausalLm model = CausalLm.load(folder, USUAL)) {
                return measure(RandomModel.Shape.OF_135M.name(), model, folder, sizes);
            }
        }
    }

    private Measured measure(String name, CausalLm model, Path folder, Sizes sizes) {
        OptionalLong loaded = ResidentMemory.settled();
        ModelBench bench = new ModelBench(model, sizes.timing);
        int[] chosen = layers(model.config().layers());
        List<Forward> forwards = new ArrayList<>();
        for (int prompt : sizes.prompts) {
            progress.accept(name + ": plain pass, prompts of " + prompt + " tokens");
            forwards.add(bench.forward(sizes.batch(prompt), prompt));
        }
        List<Step> steps = new ArrayList<>();
        sizes.prompts.forEach(prompt -> steps.add(step(name, bench, sizes.batch(prompt), prompt, chosen)));
        int[] upper = IntStream.range(model.config().layers() / 2, model.config().layers()).toArray();
        if (!Arrays.equals(upper, chosen)) {
            sizes.upperPrompts.forEach(prompt -> steps.add(step(name, bench, sizes.batch(prompt), prompt, upper)));
        }
        progress.accept(name + ": parts of a cached step");
        ModelBench.Parts parts = bench.parts(sizes.batch(PROMPT), PROMPT, chosen);
        progress.accept(name + ": evaluation");
        ModelBench.Evaluation evaluation = bench.evaluation(sizes.evaluationRows, sizes.evaluationPrompt, LABELS, chosen);
        progress.accept(name + ": generation");
        ModelBench.Generation generation = bench.generation(WRITTEN_ROWS, sizes.evaluationPrompt, sizes.written, chosen);
        Optional<ModelBench.Growth> growth = Optional.empty();
        if (sizes.steps > 0) {
            progress.accept(name + ": memory over " + sizes.steps + " steps");
            growth = Optional.of(bench.growth(sizes.steps, sizes.batch, chosen));
        }
        OptionalLong peak = ResidentMemory.peak();
        List<ModelBench.Agreement> agreements = new ArrayList<>();
        for (EngineSettings other : sizes.rounded) {
            String what = other.halfCache() ? "float16 cache" : "bfloat16 blocks";
            progress.accept(name + ": " + what + " against float32");
            try (CausalLm rounded = CausalLm.load(folder, other)) {
                agreements.add(bench.agreement(what, rounded, sizes.batch(PROMPT), PROMPT, chosen));
            }
        }
        return new Measured(name, model.config().parameters(), model.config().layers(), forwards, steps, parts, evaluation,
                generation, agreements, growth, loaded, peak, estimate(name, model.config(), steps));
    }

    /** Bytes for the largest of the steps, plain as well as cached, all of whose batches are kept. */
    private static long estimate(String name, ModelConfig config, List<Step> steps) {
        return steps.stream().mapToLong(step -> new MemoryEstimate(name, config, new MemoryEstimate.Workload(step.batch(), 0,
                step.prompt() + ModelBench.ANSWER, ModelBench.ANSWER, LABELS * ModelBench.ANSWER, 0, step.layers(),
                ModelBench.RANK, 0, 3 * step.cacheBytes()), USUAL).total()).max().orElse(0);
    }

    private Step step(String name, ModelBench bench, int batch, int prompt, int[] layers) {
        progress.accept(name + ": training step, prompts of " + prompt + " tokens, " + layers.length + " layers");
        return bench.step(batch, prompt, layers);
    }

    private int[] layers(int count) {
        try {
            return new SiteOptions(options.layers(), ModelBench.POSITIONS.toString(), ModelBench.RANK, false).layersOf(count);
        } catch (InvalidInputException e) {
            throw new InvalidInputException(e.getMessage().replace("Option sites.layers", "Option --layers"), e);
        }
    }
}
