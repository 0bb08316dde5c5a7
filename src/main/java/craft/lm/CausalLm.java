package craft.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import craft.lm.ScriptModule.Tensors;
import java.nio.file.Path;
import java.util.List;

/**
 * A frozen language model of any family that we know, causal or masked, on the CPU. Its forward pass is a TorchScript
 * text, {@link DecoderText}. Not thread-safe: one thread, prepared by {@link TorchThread#prepare()}, computes with it.
 * Every array that comes or goes is float32, whatever the number format of its blocks.
 *
 * <p>In shapes: N predictions (answer tokens of a batch), V vocabulary, d hidden size.
 */
public final class CausalLm implements AutoCloseable {
    private final String name;
    private final ModelConfig config;
    private final Tokens tokens;
    private final Arrangement arrangement;
    private final EngineSettings settings;
    private final NDManager manager;
    private final ScriptModule script;
    private final Tensors weights;
    private ScriptModule writer;
    private final NDArray none;
    private final List<NDArray> noUpdates;
    private List<String> remarks = List.of();

    private CausalLm(String name, ModelConfig config, Tokens tokens, EngineSettings settings, NDManager manager,
            List<NDArray> weights) {
        this.name = name;
        this.config = config;
        this.tokens = tokens;
        this.arrangement = config.family().arrangement(tokens);
        this.settings = settings;
        this.manager = manager;
        this.script = ScriptModule.load(manager, DecoderText.SHARED, DecoderText.marks(config, settings.precision()));
        this.weights = new Tensors(weights);
        this.none = manager.create(new float[0], new Shape(0));
        this.noUpdates = List.of(manager.create(0f));
    }

    /** In float32, as {@link #load(Path, EngineSettings)}. */
    public static CausalLm load(Path folder) {
        return load(folder, EngineSettings.EXACT);
    }

    /**
     * Reads a Hugging Face folder (config.json, tokenizer.json, safetensors).
     *
     * @throws craft.error.InvalidInputException naming the file and what is wrong with it
     */
    public static CausalLm load(Path folder, EngineSettings settings) {
        try (ModelFolder files = ModelFolder.open(folder)) {
            Tokens tokens = files.tokens();
            NDManager manager = TorchThread.manager();
            try {
                List<String> remarks = ModelRemarks.of(files, tokens);
                CausalLm model = new CausalLm(folder.getFileName().toString(), files.config(), tokens, settings, manager,
                        DecoderWeights.read(files, settings.precision(), manager));
                model.remarks = remarks;
                return model;
            } catch (RuntimeException | Error e) {
                manager.close();
                tokens.close();
                throw e;
            }
        }
    }

    public String name() {
        return name;
    }

    /** What of the folder is not used, or otherwise than it may have been meant: a sentence each. */
    public List<String> remarks() {
        return remarks;
    }

    public ModelConfig config() {
        return config;
    }

    public Tokens tokens() {
        return tokens;
    }

    Arrangement arrangement() {
        return arrangement;
    }

    public EngineSettings settings() {
        return settings;
    }

    /** A manager for arrays that live as long as the caller wants, at most as long as the model. */
    public NDManager newManager() {
        return manager.newSubManager();
    }

    /** Number of native arrays that belong to the model itself: constant after loading, which a test checks. */
    int ownArrays() {
        return manager.getManagedArrays().size();
    }

    NDArray none() {
        return none;
    }

    /**
     * What the first block reads.
     *
     * @param ids {@code [B, S]} int64
     * @param positions {@code [B, S]} float32, 0-based positions in the sequence, below the model's context
     * @return {@code [B, S, d]}
     */
    NDArray embed(NDArray ids, NDArray positions) {
        return script.call("embed", ids, positions, weights).singletonOrThrow();
    }

    /**
     * Decoder blocks {@code first} to {@code last} (excluded).
     *
     * @param hidden {@code [B, S, d]}, input of block {@code first}
     * @param editFirst whether {@code hidden}, as the output of block {@code first - 1}, has still to be edited
     * @param positions {@code [B, S]} float32, 0-based positions in the sequence
     * @param mask {@code [B, 1, S, P + S]} float32, 0 or -infinity; null for plain causal attention without a past
     * @param past {@code [last - first, 2, B, K, P, hd]} or null
     * @param where {@code [B, S, parts]}, 1 where edits act; null without edits
     * @param adaptation null for the untouched model
     * @param keep whether the new keys and values are wanted
     * @return the last block's (edited) output {@code [B, S, d]} and, with {@code keep}, keys and values
     */
    NDList extend(NDArray hidden, int first, int last, boolean editFirst, NDArray positions, NDArray mask, NDArray past,
            NDArray where, Adaptation adaptation, boolean keep) {
        return extend(hidden, first, last, editFirst, positions, mask, past, where, adaptation, keep, null);
    }

    /** @param only {@code [B, n]}, flat indices of the tokens that the last block's output is wanted of; needs a mask */
    NDList extend(NDArray hidden, int first, int last, boolean editFirst, NDArray positions, NDArray mask, NDArray past,
            NDArray where, Adaptation adaptation, boolean keep, NDArray only) {
        NDManager step = hidden.getManager();
        Edits edits = adaptation instanceof Edits e ? e : null;
        NDArray plan = step.create(new long[] {first, last, editFirst && edits != null ? 1 : 0, keep ? 1 : 0});
        return script.call("extend", hidden, plan, positions, orNone(mask), orNone(past), orNone(where),
                edits == null ? none : sites(step, edits), edits == null ? none : edits.down(),
                edits == null ? none : edits.bias(), edits == null ? none : edits.up(), orNone(only), weights, updates(step, adaptation));
    }

    private Tensors updates(NDManager step, Adaptation adaptation) {
        return new Tensors(adaptation instanceof LowRankUpdates u ? u.arrays(step, config.layers()) : noUpdates);
    }

    /** Loaded when a text is first written. To be called before several threads write. */
    synchronized ScriptModule writer() {
        if (!config.writesText()) {
            throw new IllegalStateException(config.architecture() + " writes no text");
        }
        if (writer == null) {
            writer = ScriptModule.load(manager, DecoderText.SHARED, DecoderText.marks(config, settings.precision(), true));
        }
        return writer;
    }

    /** Room for keys and values of a row of so many tokens, in the blocks' number type: only {@link #put} and {@link #write} may touch it. */
    NDArray room(NDManager owner, int tokens) {
        try (NDArray size = owner.create((long) tokens)) {
            return writer().callOpaque("room", size).get(0);
        }
    }

    /** @param past {@code [n, 2, 1, K, S, hd]} of blocks from {@code first} on, for a row's tokens from {@code start} on */
    void put(NDArray past, int first, int start, NDArray room) {
        NDManager step = past.getManager();
        writer().call("put", step.create(new long[] {first, start}), past, new Tensors(List.of(room)));
    }

    /**
     * One new token of each of {@link Generator#SLOTS} rows; its keys and values go into the row's room.
     *
     * @param ids of the new tokens, any where there is no row
     * @param lengths tokens of each row with the new one; 0: no row
     * @param rooms of the rows; of any size where there is none
     * @return the likeliest tokens after these {@code [slots]}, logits {@code [slots, V]}
     */
    NDList write(NDManager step, long[] ids, long[] lengths, List<NDArray> rooms, Adaptation adaptation) {
        float[] positions = new float[ids.length];
        for (int s = 0; s < ids.length; s++) {
            positions[s] = Math.max(0, lengths[s] - 1);
        }
        Shape column = new Shape(ids.length, 1);
        return writer().call("write", step.create(ids, column), step.create(positions, column), step.create(lengths), weights,
                updates(step, adaptation), new Tensors(rooms));
    }

    /**
     * Keys and values of the untouched model for the first tokens of a sequence.
     *
     * @param ids S tokens from the sequence's first one on
     * @param last number of blocks, from the first one on
     * @return {@code [last, 2, 1, K, S, hd]}
     */
    NDArray prefill(NDManager step, int[] ids, int last) {
        return script.call("prefill", step.create(toLong(ids), new Shape(1, ids.length)), step.create((long) last),
                positions(step, 0, ids.length), weights).singletonOrThrow();
    }

    private static NDArray sites(NDManager step, Edits edits) {
        int n = edits.layers().length;
        long[] sites = new long[2 * n];
        for (int i = 0; i < n; i++) {
            sites[i] = edits.layers()[i];
            sites[n + i] = edits.parts()[i];
        }
        return step.create(sites, new Shape(2, n));
    }

    private NDArray orNone(NDArray array) {
        return array == null ? none : array;
    }

    /** Keys and values of several sequences, {@code [L, 2, 1, K, p_b, hd]} each, as {@code [L, 2, B, K, p, hd]}. */
    NDArray join(NDManager step, List<NDArray> past, int length) {
        return script.call("join", step.create((long) length), new Tensors(past)).singletonOrThrow();
    }

    /** Hidden states of several sequences, each {@code [rows, s_b, d]}, joined to {@code [B, s, d]}. */
    NDArray joinHidden(NDManager step, List<NDArray> hidden, int length) {
        return script.call("join_hidden", step.create((long) length), new Tensors(hidden)).singletonOrThrow();
    }

    /** The same numbers as float16, those beyond its range as its largest. */
    NDArray half(NDArray array) {
        return script.call("half", array).singletonOrThrow();
    }

    /** Rows of {@code [B, S, d]} at flat indices, {@code [N, d]}. */
    NDArray pick(NDArray hidden, long[] index) {
        return script.call("pick", hidden, hidden.getManager().create(index)).singletonOrThrow();
    }

    /** @param hidden {@code [N, d]} before the final norm; @return logits {@code [N, V]} */
    public NDArray logits(NDArray hidden) {
        return script.call("logits", hidden, weights).singletonOrThrow();
    }

    /**
     * Log-probabilities of the given next tokens.
     *
     * @param hidden {@code [N, d]} before the final norm
     * @param targets N token ids
     * @return {@code [N]} nats
     */
    public float[] logLikelihood(NDArray hidden, long[] targets) {
        try (NDArray result = script.call("log_likelihood", hidden, hidden.getManager().create(targets), weights)
                .singletonOrThrow()) {
            return result.toFloatArray();
        }
    }

    /**
     * Mean divergence over N predictions, over the full vocabulary in float32, scaled by T^2.
     *
     * @param first {@code [N, d]} last hidden states of the first distribution p
     * @param second {@code [N, d]} of the second distribution q
     * @return nats per token
     */
    public double divergence(NDArray first, NDArray second, Direction direction, double temperature) {
        NDManager step = first.getManager();
        try (NDArray result = script.call("divergence", first, second, step.create((long) direction.ordinal()),
                step.create((float) temperature), weights).singletonOrThrow()) {
            return result.getFloat();
        }
    }

    /** Direction of a divergence between a first distribution p and a second q. */
    public enum Direction {
        /** KL(p || q). */
        FORWARD,
        /** KL(q || p). */
        REVERSE,
        /** Jensen-Shannon divergence. */
        SYMMETRIC
    }

    /**
     * Training loss CE + lambda * D(reference || hidden), as means over N answer tokens.
     *
     * @param hidden {@code [N, d]} last hidden states, with their graph
     * @param reference {@code [N, d]} last hidden states of the frozen reference, or null for CE alone
     * @return three 0-d arrays: loss (differentiable), cross-entropy, divergence; nats per token
     */
    public NDList loss(NDArray hidden, long[] targets, NDArray reference, Direction direction, double temperature,
            double lambda) {
        NDManager step = hidden.getManager();
        return script.call("loss", hidden, step.create(targets), orNone(reference),
                step.create((long) direction.ordinal()), step.create((float) temperature),
                step.create((float) lambda), weights);
    }

    static NDArray positions(NDManager step, int from, int count) {
        float[] p = new float[count];
        for (int i = 0; i < count; i++) {
            p[i] = from + i;
        }
        return step.create(p, new Shape(1, count));
    }

    static long[] toLong(int[] ids) {
        long[] wide = new long[ids.length];
        for (int i = 0; i < ids.length; i++) {
            wide[i] = ids[i];
        }
        return wide;
    }

    @Override
    public void close() {
        tokens.close();
        manager.close();
    }
}
