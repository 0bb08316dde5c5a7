package craft.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Prefill and extend: everything that edits cannot change is computed once and kept. That is, for the tokens before the
 * first edited one the keys and values of all blocks above the lowest edited one, and for the rest of a sequence the
 * output of the lowest edited block, before its edit. The first depend on the prompt alone and are shared by all
 * sequences that begin alike, such as a prompt with one answer and the same prompt with a list of labels. Nothing kept
 * depends on the batch it came up in, or on how many threads there are: what is recomputed after eviction is bit for bit what was
 * there before.
 *
 * <p>Of a model that reads in both directions nothing left of an edit is constant, so only the hidden states are kept.
 *
 * <p>With {@link EngineSettings#halfCache()} entries are kept as float16, and every use sees them rounded, the first one too.
 *
 * <p>Entries are kept within a budget of bytes; the least recently used goes first.
 *
 * <p>{@link #hidden} and {@link #past} may be called by several threads at once, everything else by one alone.
 */
public final class PrefixCache implements ForwardPass, AutoCloseable {
    /** The tokens before the first edited one, compared by value: key of their keys and values. */
    private record Prefix(int[] ids) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Prefix p && Arrays.equals(ids, p.ids);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(ids);
        }
    }

    /**
     * @param hidden {@code [rows, s, d]} from token {@code start} on; a causal model's sequence is one row
     * @param past {@code [L, 2, 1, K, start, hd]} of the L blocks above the lowest edited one, null without any
     */
    private record Kept(int start, NDArray hidden, NDArray past) {
    }

    private final CausalLm model;
    private final EditPositions positions;
    private final int lowest;
    private final long budget;
    private final NDManager owner;
    /** By {@link Prefix} its keys and values, by {@link Sequence} its hidden states; in the order of their last use. */
    private final Map<Object, NDArray> entries = new LinkedHashMap<>(64, 0.75f, true);
    private long bytes;
    private long hits;
    private long misses;
    /** Passes under way, which nothing may be evicted under. */
    private int passes;

    /**
     * @param positions where all edits of this cache's users act
     * @param lowest the block whose output is kept: the lowest one that any of them edits, below the lowest one that any updates
     * @param budget bytes of keys, values and hidden states kept at most
     */
    public PrefixCache(CausalLm model, EditPositions positions, int lowest, long budget) {
        this.model = model;
        this.positions = positions;
        this.lowest = lowest;
        this.budget = budget;
        this.owner = model.newManager();
    }

    @Override
    public NDArray hidden(NDManager step, List<Sequence> batch, Adaptation adaptation) {
        if (adaptation != null && !servedBy(adaptation)) {
            throw new IllegalArgumentException("changes at other positions or at or below block " + lowest);
        }
        begin();
        try {
            return hidden(step, batch, batch.stream().map(this::kept).toList(), adaptation);
        } finally {
            end();
        }
    }

    /** Rows by themselves, as many at a time as there are threads, where a pass alone would compute one after the other. */
    @Override
    public Held prepare(List<Sequence> sequences) {
        begin();
        try {
            List<Sequence> missing = sequences.stream().filter(sequence -> !whole(sequence)).toList();
            if (!missing.isEmpty()) {
                SideBySide.mapOnOneThreadEach(missing, model.settings().together(missing), this::kept);
            }
            return this::end;
        } catch (RuntimeException | Error e) {
            end();
            throw e;
        }
    }

    @Override
    public NDArray past(NDManager step, int[] ids) {
        begin();
        try {
            NDArray kept;
            synchronized (this) {
                kept = entries.get(new Prefix(ids));
            }
            return kept == null ? null : model.join(step, List.of(kept), ids.length);
        } finally {
            end();
        }
    }

    private synchronized void begin() {
        passes++;
    }

    private synchronized void end() {
        passes--;
        if (passes == 0) {
            evict();
        }
    }

    private NDArray hidden(NDManager step, List<Sequence> batch, List<Kept> kept, Adaptation adaptation) {
        Layout layout = model.arrangement().layout(batch, kept.stream().mapToInt(Kept::start).toArray());
        NDArray hidden = model.joinHidden(step, kept.stream().map(Kept::hidden).toList(), layout.newLength());
        int layers = model.config().layers();
        NDArray past = kept.stream().allMatch(k -> k.past == null) ? null : past(step, kept, layout);
        NDArray where = layout.where(step, adaptation);
        NDArray mask = layout.mask(step);
        Narrowed narrowed = mask == null || lowest + 1 == layers ? null : layout.narrowed();
        NDArray last = model.extend(hidden, lowest + 1, layers, true, layout.positions(step), mask, past, where, adaptation, false,
                narrowed == null ? null : narrowed.tokens(step)).get(0);
        return model.pick(last, narrowed == null ? layout.predictors() : narrowed.predictors());
    }

    private boolean servedBy(Adaptation adaptation) {
        boolean edited = positions.equals(adaptation instanceof Edits edits ? edits.positions() : EditPositions.ALL);
        return edited && adaptation.firstChanged() > lowest;
    }

    private NDArray past(NDManager step, List<Kept> kept, Layout layout) {
        List<NDArray> parts = new ArrayList<>();
        for (Kept one : kept) {
            parts.add(one.past == null ? emptyPast(step) : one.past);
        }
        return model.join(step, parts, layout.pastLength());
    }

    private NDArray emptyPast(NDManager step) {
        ModelConfig c = model.config();
        return step.zeros(new Shape(c.layers() - lowest - 1, 2, 1, c.keyValueHeads(), 0, c.headDim()));
    }

    /** Looks up what is known of a sequence and computes what is missing. Nothing is evicted meanwhile. */
    private Kept kept(Sequence sequence) {
        int start = start(sequence);
        Prefix prefix = prefix(sequence);
        boolean pastWanted = start > 0 && lowest + 1 < model.config().layers();
        NDArray hidden;
        NDArray past;
        synchronized (this) {
            hidden = entries.get(sequence);
            past = entries.get(prefix);
            if (hidden != null && (past != null || !pastWanted)) {
                hits++;
                return new Kept(start, hidden, past);
            }
            misses++;
        }
        return TorchThread.alone(() -> fill(sequence, start, prefix, hidden, past, pastWanted));
    }

    /** Whether all that is kept of a sequence is there. */
    private synchronized boolean whole(Sequence sequence) {
        boolean pastWanted = start(sequence) > 0 && lowest + 1 < model.config().layers();
        return entries.get(sequence) != null && (!pastWanted || entries.get(prefix(sequence)) != null);
    }

    /** Computes what is null and wanted. On one thread, so that bits do not tell how many there were. */
    private Kept fill(Sequence sequence, int start, Prefix prefix, NDArray knownHidden, NDArray knownPast, boolean pastWanted) {
        NDArray hidden = knownHidden;
        NDArray past = knownPast;
        try (NDManager step = model.newManager()) {
            boolean pastMissing = pastWanted && past == null;
            NDArray all = start == 0 ? null
                    : model.prefill(step, prefix.ids, pastMissing ? model.config().layers() : lowest + 1);
            if (pastMissing) {
                past = keep(prefix, all.get((lowest + 1) + ":"));
            }
            if (hidden == null) {
                Layout layout = model.arrangement().layout(List.of(sequence), new int[] {start});
                NDArray below = start == 0 ? null : all.get(":" + (lowest + 1));
                NDArray positions = layout.positions(step);
                hidden = keep(sequence, model.extend(model.embed(layout.ids(step), positions), 0, lowest + 1, false,
                        positions, layout.mask(step), below, null, null, false).get(0));
            }
        }
        return new Kept(start, hidden, past);
    }

    @Override
    public int computed(Sequence sequence) {
        return sequence.length() - start(sequence);
    }

    /** The first token computed anew. */
    private int start(Sequence sequence) {
        return model.arrangement().start(sequence.prompt().length, positions);
    }

    private Prefix prefix(Sequence sequence) {
        return new Prefix(Arrays.copyOf(sequence.prompt(), start(sequence)));
    }

    private NDArray keep(Object key, NDArray array) {
        NDArray own = model.settings().halfCache() ? model.half(array) : array.duplicate();
        synchronized (this) {
            NDArray others = entries.get(key);
            if (others != null) { // another thread was first, with the same bits
                own.close();
                return others;
            }
            own.attach(owner);
            entries.put(key, own);
            bytes += size(own);
            return own;
        }
    }

    private static long size(NDArray array) {
        return array.getDataType().getNumOfBytes() * array.size();
    }

    private void evict() {
        Iterator<NDArray> oldest = entries.values().iterator();
        while (bytes > budget && oldest.hasNext()) {
            NDArray array = oldest.next();
            oldest.remove();
            drop(array);
        }
    }

    private void drop(NDArray array) {
        if (array != null) {
            bytes -= size(array);
            array.close();
        }
    }

    /** Mean over prompts of {@link #promptStates}: where these prompts lie together. */
    public float[] meanPromptState(List<Sequence> prompts) {
        float[] mean = new float[model.config().hiddenSize()];
        for (float[] state : promptStates(prompts)) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += state[i] / prompts.size();
            }
        }
        return mean;
    }

    /**
     * For each prompt the mean over its edited last tokens (at least the very last one) of the lowest edited block's output in
     * the untouched model, {@code [d]}: where it lies in hidden space. Each by itself, so that it depends on no other.
     */
    public List<float[]> promptStates(List<Sequence> prompts) {
        return SideBySide.mapOnOneThreadEach(prompts, model.settings().together(prompts), prompt -> {
            begin();
            try {
                return promptState(prompt, kept(prompt));
            } finally {
                end();
            }
        });
    }

    /** Of a masked model's rows the first, as of a causal model's only one: all of them hold the prompt. */
    private float[] promptState(Sequence prompt, Kept kept) {
        int rows = (int) kept.hidden.getShape().get(0);
        int tokens = (int) kept.hidden.getShape().get(1);
        float[] weights = new float[rows * tokens];
        int end = prompt.prompt().length - kept.start;
        int last = Math.max(1, positions.lastOf(prompt.prompt().length));
        Arrays.fill(weights, end - last, end, 1f / last);
        try (NDManager step = model.newManager()) {
            NDArray hidden = model.joinHidden(step, List.of(kept.hidden), tokens);
            float[] all = step.create(weights, new Shape(rows, 1, tokens)).batchMatMul(hidden).toFloatArray();
            return Arrays.copyOf(all, model.config().hiddenSize());
        }
    }

    /** Forgets these sequences, when they will not come again. */
    public void forget(Iterable<Sequence> sequences) {
        for (Sequence sequence : sequences) {
            drop(entries.remove(sequence));
            drop(entries.remove(prefix(sequence)));
        }
    }

    /** Bytes kept now. */
    public long bytes() {
        return bytes;
    }

    /** Share of sequences passed that needed no prefill. */
    public double hitRate() {
        return hits + misses == 0 ? 0 : (double) hits / (hits + misses);
    }

    @Override
    public void close() {
        entries.clear();
        owner.close();
    }
}
