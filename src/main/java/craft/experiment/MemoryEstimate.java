package craft.experiment;

import craft.error.InvalidInputException;
import craft.intervention.Positions;
import craft.intervention.SiteOptions;
import craft.lm.EngineSettings;
import craft.lm.EditPositions;
import craft.lm.Generator;
import craft.lm.ModelConfig;
import craft.lm.Precision;
import craft.lm.Sequence;
import craft.method.TrainingOptions;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How much memory a run will need, from {@code config.json} and the recipe alone: so that a model that is too large is
 * refused before its weights are read, and not by the system in the middle of a night. The numbers
 * follow the tensors that the forward pass keeps for its gradient; they are estimates and lean to the large side.
 *
 * @param model name for messages
 */
public record MemoryEstimate(String model, ModelConfig config, Workload work, EngineSettings settings) {
    /** An allowance for Java with its heap, PyTorch's libraries, tokenizer, the tasks' texts and the window. */
    static final long PROCESS = 600_000_000;
    /** Padded tokens of a batch without gradient, as {@link Evaluator} and the methods make them. */
    private static final int EVALUATED = 2048;
    /** Full rows of logits alive at once in the loss and its gradient: logits, log-probabilities, both sides of the KL. */
    private static final int LOSS_ROWS = 8;
    /** Copies of a trained number: value, step's copy, gradient, two moments, and all of them again while they change. */
    private static final int OPTIMISER_COPIES = 10;
    /** Prompts of a run that is not known yet are taken to be this long, where the model can. */
    private static final int USUAL_PROMPT = 1024;
    private static final int USUAL_ANSWER = 3;
    private static final long CACHE_STEP = 64L << 20;
    private static final long LEAST_CACHE = 1L << 20;
    /** Numbers read from the weights' files at a time. */
    private static final long SLICE = 1L << 22;

    /**
     * What a run asks of the model at most.
     *
     * @param batchSize sequences an optimiser step
     * @param past tokens of the longest prompt before its first edited one: their keys and values are kept
     * @param fresh tokens of the longest sequence from its first edited one on, the answer included
     * @param answer tokens of the longest answer
     * @param scored label tokens scored in one evaluation batch
     * @param lowest lowest edited layer
     * @param edited number of sites: one for each edited layer, with untied positions two
     * @param written tokens of the longest prompt whose answer is generated and of the longest answer; 0 where none is
     * @param cache bytes for prefilled prompts
     */
    public record Workload(int batchSize, int past, int fresh, int answer, int scored, int lowest, int edited, int rank,
            int written, long cache) {

        /** Default options, and prompts of 1024 tokens or as many as the model takes. */
        static Workload usual(ModelConfig config, long cache) {
            int prompt = Math.max(1, Math.min(USUAL_PROMPT, config.room() - USUAL_ANSWER));
            SiteOptions sites = SiteOptions.defaults();
            int start = config.start(prompt, Positions.parse(sites.positions()));
            return new Workload(TrainingOptions.defaults().batchSize(), start, prompt - start + USUAL_ANSWER,
                    USUAL_ANSWER, EVALUATED / 4, 0, config.layers(), sites.rank(), 0, cache);
        }

        static Workload of(Recipe recipe, ModelConfig config, List<EncodedTask> tasks) {
            boolean whole = recipe.method().updatesProjections();
            EditPositions positions = whole ? EditPositions.ALL : Positions.parse(recipe.sites().positions());
            int lowest = whole ? 0 : recipe.sites().layersOf(config.layers())[0];
            boolean allLabels = recipe.data().unionScores() || recipe.scenario() == Scenario.CIL;
            List<int[]> all = allLabels ? tasks.stream().flatMap(t -> t.test().stream().limit(1))
                    .flatMap(s -> s.continuations().stream()).toList() : List.of();
            int union = all.stream().mapToInt(c -> c.length).sum();
            long above = config.layers() - lowest - 1L;
            int past = 0;
            int fresh = 1;
            int answer = 1;
            int scored = 1;
            int written = 0;
            long tokens = 0;
            long keptOfTask = 0;
            long keptOfTests = 0;
            for (EncodedTask task : tasks) {
                long kept = 0;
                for (Sequence s : sequences(task)) {
                    int start = config.start(s.prompt().length, positions);
                    past = Math.max(past, start);
                    fresh = Math.max(fresh, config.rowLength(s) - start);
                    answer = Math.max(answer, s.predictions());
                    tokens += s.length();
                    kept += kept(config, above, start, tokens(config, s));
                }
                keptOfTask = Math.max(keptOfTask, kept); // a learnt task's rows are forgotten, its test rows come again
                for (Sequence s : task.test()) {
                    int start = config.start(s.prompt().length, positions);
                    past = Math.max(past, start);
                    if (!task.task().classification()) {
                        written = Math.max(written, Math.min(config.context(), s.prompt().length + task.longestAnswer()));
                    }
                    int labels = Math.max(s.predictions(), union);
                    scored = Math.max(scored, labels * Math.max(1, EVALUATED / (s.prompt().length + labels)));
                    keptOfTests += kept(config, above, start, tokens(config, s));
                    if (!all.isEmpty()) { // keys and values are shared, hidden states are not
                        keptOfTests += kept(config, 0, start, tokens(config, new Sequence(s.prompt(), all)));
                    }
                }
            }
            long rows = tasks.stream().mapToLong(t -> sequences(t).size()).sum();
            int largest = tasks.stream().mapToInt(t -> t.training().train().size()).max().orElse(1);
            int budget = recipe.training().batchTokens(); // in rows of usual length: many short ones keep no more than few long ones
            int batch = budget == 0 ? recipe.training().batchSize() : (int) (budget * rows / Math.max(1, tokens));
            long kept = (keptOfTask + keptOfTests) / (recipe.engine().halfCache() ? 2 : 1);
            return new Workload(Math.max(1, Math.min(batch, largest)), past, fresh, answer, scored, lowest,
                    whole ? config.layers() : recipe.sites().placement(config.layers()).sites(), recipe.sites().rank(),
                    written, Math.min(recipe.engine().cacheBytes(), kept));
        }

        /** What a {@link craft.lm.PrefixCache} keeps in float32 of one sequence of so many tokens. */
        private static long kept(ModelConfig config, long above, int start, int length) {
            return 4 * (2 * above * config.keyValueWidth() * start + (long) config.hiddenSize() * (length - start));
        }

        private static List<Sequence> sequences(EncodedTask task) {
            List<Sequence> all = new ArrayList<>(task.training().train());
            all.addAll(task.training().eval());
            return all;
        }

        /** Tokens of all rows that a sequence takes in a batch. */
        private static int tokens(ModelConfig config, Sequence s) {
            return config.rows(s) * config.rowLength(s);
        }

        private Workload with(int newBatch, long newCache) {
            return new Workload(newBatch, past, fresh, answer, scored, lowest, edited, rank, written, newCache);
        }
    }

    /**
     * For a model with default options.
     *
     * @param folder a model's folder, of which only config.json is read
     */
    public static MemoryEstimate ofModel(Path folder) {
        ModelConfig config = ModelConfig.read(folder.resolve("config.json"));
        Path name = folder.toAbsolutePath().normalize().getFileName();
        return new MemoryEstimate(name == null ? folder.toString() : name.toString(), config,
                Workload.usual(config, Memory.cacheBytes()), EngineSettings.EXACT);
    }

    /** The same model and work with other settings. */
    public MemoryEstimate with(EngineSettings other) {
        return new MemoryEstimate(model, config, work, other);
    }

    /** Memory of this machine, or of the container if that has less; {@link Long#MAX_VALUE} where Java cannot tell. */
    public static long machineBytes() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize() : Long.MAX_VALUE;
    }

    /** The weights: those of the blocks in the engine's precision, the others as float32. */
    public long weights() {
        long blocks = config.blockParameters();
        return settings.precision().bytes() * blocks + 4 * (config.parameters() - blocks);
    }

    /** While loading: a slice as Java's numbers and as bytes; what is converted has room of its own already. */
    public long loading() {
        return 4 * 2 * Math.min(SLICE, (long) config.hiddenSize() * Math.max(config.vocabulary(), config.intermediateSize()));
    }

    /** Kept keys, values and hidden states of prompts. */
    public long cache() {
        return work.cache;
    }

    /** Trained interventions, their gradients and AdamW's moments. No form has more numbers a site than LoReFT. */
    public long optimiser() {
        return 4L * OPTIMISER_COPIES * work.edited * (2L * work.rank * config.hiddenSize() + work.rank);
    }

    /** What one optimiser step keeps for its gradient and makes on the way. */
    public long step() {
        ModelConfig c = config;
        long d = c.hiddenSize();
        long q = c.queryWidth();
        long k = c.keyValueWidth();
        long f = c.intermediateSize();
        long tokens = (long) work.batchSize * work.fresh;
        long seen = (long) work.batchSize * (work.past + work.fresh);
        // A frozen weight's gradient is not wanted, so its input is not kept. Kept are: the residual stream before
        // attention, before the feed-forward part and before the edit; queries, the attention's output and its
        // normaliser; gate, up and their product; keys and values.
        long block = tokens * (3 * d + 2 * q + 3 * f + c.heads());
        long keys = work.past > 0 ? 2 * k * seen : c.headsPerKeyValueHead() > 1 ? 2 * q * tokens : (2 * q + 2 * k) * tokens;
        long above = c.layers() - work.lowest - 1L;
        long joined = work.past > 0 ? above * 2 * k * work.batchSize * work.past : 0;
        long mask = work.past > 0 ? (1L + c.headsPerKeyValueHead()) * tokens * (work.past + work.fresh) : 0;
        long backward = tokens * (4 * f + 4 * d);
        long head = LOSS_ROWS * (long) work.batchSize * work.answer * c.vocabulary();
        return settings.precision().bytes() * (above * (block + keys) + mask + backward)
                + 4 * (joined + 3 * d * tokens + head);
    }

    /** What passes without gradient, as many at a time as there are parts, make on the way: filling the cache, or scoring a batch of labels. */
    public long evaluation() {
        ModelConfig c = config;
        long width = 4L * c.hiddenSize() + 3L * c.queryWidth() + 2L * c.keyValueWidth() + 3L * c.intermediateSize();
        int each = settings.precision().bytes();
        long prefill = 4 * 2L * c.layers() * 2 * c.keyValueWidth() * work.past + each * work.past * width;
        long tokens = Math.max(EVALUATED, work.past + work.fresh);
        long past = work.past > 0 ? 2L * c.layers() * c.keyValueWidth() * tokens : 0;
        long mask = (1L + c.headsPerKeyValueHead()) * tokens * (work.past + work.fresh);
        return settings.parts() * Math.max(prefill, each * (tokens * width + mask) + 4 * (past + 2L * work.scored * c.vocabulary()));
    }

    /**
     * Generated answers, where the run has any: as many rows for each part as {@link Generator} writes at a time, each with room for its
     * keys and values, one of them being read, and their logits.
     */
    public long generation() {
        if (work.written == 0) {
            return 0;
        }
        ModelConfig c = config;
        long width = 4L * c.hiddenSize() + 3L * c.queryWidth() + 2L * c.keyValueWidth() + 3L * c.intermediateSize();
        int each = settings.precision().bytes();
        long keys = 2L * c.layers() * c.keyValueWidth() * work.written;
        long read = 4 * 2 * keys + each * work.written * width; // once as they come from each block, once joined
        return settings.parts() * (Generator.SLOTS * each * keys + read + 4L * 2 * Generator.SLOTS * c.vocabulary());
    }

    /** The most that will be needed at once. */
    public long total() {
        long training = cache() + optimiser() + Math.max(step(), Math.max(evaluation(), generation()));
        return PROCESS + weights() + Math.max(loading(), training);
    }

    /**
     * @param available bytes of the machine
     * @throws InvalidInputException when it does not fit: what is needed, what there is, and what would fit
     */
    public void requireFits(long available) {
        if (total() <= available) {
            return;
        }
        throw new InvalidInputException("Model " + model + " needs about " + size(total())
                + " of memory (" + parts() + "), but this machine has " + size(available) + ". " + advice(available));
    }

    /** One line: what the total is made of. */
    public String parts() {
        return "weights in " + settings.precision().name().toLowerCase(Locale.ROOT) + " " + size(weights()) + ", kept prompts at most " + size(cache()) + ", a training step of "
                + work.batchSize + " x " + (work.past + work.fresh) + " tokens " + size(step()) + ", evaluation "
                + size(evaluation()) + (work.written == 0 ? "" : ", generated answers " + size(generation())) + ", optimiser " + size(optimiser()) + ", the program " + size(PROCESS);
    }

    /** What changes results least goes first: the cache not at all, the batch a little, rounding the most. */
    private String advice(long available) {
        for (Precision precision : settings.precision() == Precision.FLOAT32 ? Precision.values()
                : new Precision[] {settings.precision()}) {
            for (int batch = work.batchSize; batch > 0; batch /= 2) {
                for (long cache = work.cache; ; cache = cache / 2 < CACHE_STEP ? LEAST_CACHE : cache / 2) {
                    MemoryEstimate smaller = new MemoryEstimate(model, config, work.with(batch, cache),
                            new EngineSettings(precision, settings.halfCache(), settings.parts()));
                    if (smaller.total() <= available) {
                        return "What would fit: " + String.join(" and ", changes(smaller)) + ".";
                    }
                    if (cache <= LEAST_CACHE) {
                        break;
                    }
                }
            }
        }
        MemoryEstimate least = new MemoryEstimate(model, config, work.with(1, 0),
                new EngineSettings(Precision.BFLOAT16, true, settings.parts()));
        double share = (double) Math.max(0, available - PROCESS) / (least.total() - PROCESS);
        return "No batch, cache or precision is small enough. What would fit: a model of at most about "
                + parameters(config.parameters() * share) + " parameters (this one has " + parameters(config.parameters())
                + "), or shorter prompts (data.maxPromptTokens) if they are what takes the room.";
    }

    private List<String> changes(MemoryEstimate smaller) {
        List<String> changes = new ArrayList<>();
        if (smaller.work.cache < work.cache) {
            changes.add("keeping fewer prompts (engine.cacheMegabytes=" + (smaller.work.cache >> 20) + ")");
        }
        if (smaller.work.batchSize < work.batchSize) {
            changes.add("a smaller batch (training.batchSize=" + smaller.work.batchSize + ")");
        }
        if (smaller.settings.precision() != settings.precision()) {
            changes.add("weights and activations of half the size (engine.precision=bfloat16)");
        }
        return changes;
    }

    private static String parameters(double count) {
        return count >= 1e9 ? String.format(Locale.ROOT, "%.1f billion", count / 1e9)
                : String.format(Locale.ROOT, "%.0f million", count / 1e6);
    }

    /** Decimal units, as on disks and in {@code check}: {@code 1.5 GB}. */
    public static String size(long bytes) {
        return bytes >= 1_000_000_000 ? String.format(Locale.ROOT, "%.1f GB", bytes / 1e9)
                : String.format(Locale.ROOT, "%.0f MB", bytes / 1e6);
    }
}
