package craft.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Prefill and extend: everything that edits cannot change is computed once per sequence and kept. That is, for every
 * token up to the first edited position the keys and values of all blocks above the lowest edited one, and for the rest
 * the output of the lowest edited block, before its edit. Each sequence is prefilled by itself, so that a kept value does
 * not depend on the batch it came up in: what is recomputed after eviction is bit for bit what was there before.
 *
 * <p>Entries are kept within a budget of bytes; the least recently used goes first.
 */
public final class PrefixCache implements ForwardPass, AutoCloseable {
    /** @param hidden {@code [1, s, d]}; @param past {@code [L, 2, 1, K, p, hd]}, null when p or L is 0 */
    private record Entry(int start, NDArray hidden, NDArray past, long bytes) {
        void close() {
            hidden.close();
            if (past != null) {
                past.close();
            }
        }
    }

    private final CausalLm model;
    private final EditPositions positions;
    private final int lowest;
    private final long budget;
    private final NDManager owner;
    private final Map<Sequence, Entry> entries = new LinkedHashMap<>(64, 0.75f, true);
    private long bytes;
    private long hits;
    private long misses;

    /**
     * @param positions where all edits of this cache's users act
     * @param lowest lowest layer that any of them edits
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
    public NDArray hidden(NDManager step, List<Sequence> batch, Edits edits) {
        if (edits != null && (!edits.positions().equals(positions) || edits.layers()[0] < lowest)) {
            throw new IllegalArgumentException("edits at other positions or below layer " + lowest);
        }
        List<Entry> kept = new ArrayList<>();
        for (Sequence sequence : batch) {
            kept.add(entry(sequence));
        }
        Layout layout = Layout.of(batch, kept.stream().mapToInt(Entry::start).toArray());
        NDArray hidden = model.joinHidden(step, kept.stream().map(Entry::hidden).toList(), layout.newLength());
        int layers = model.config().layers();
        NDArray past = lowest + 1 == layers || layout.pastLength() == 0 ? null : past(step, kept, layout);
        NDArray where = edits == null ? null : layout.where(step, positions);
        NDArray last = model.extend(hidden, lowest + 1, layers, true, layout.positions(step), layout.mask(step), past,
                where, edits, false).get(0);
        evict();
        return model.pick(last, layout.predictors());
    }

    private NDArray past(NDManager step, List<Entry> kept, Layout layout) {
        List<NDArray> parts = new ArrayList<>();
        for (Entry entry : kept) {
            parts.add(entry.past == null ? emptyPast(step) : entry.past);
        }
        return model.join(step, parts, layout.pastLength());
    }

    private NDArray emptyPast(NDManager step) {
        ModelConfig c = model.config();
        return step.zeros(new Shape(c.layers() - lowest - 1, 2, 1, c.keyValueHeads(), 0, c.headDim()));
    }

    private Entry entry(Sequence sequence) {
        Entry entry = entries.get(sequence);
        if (entry == null) {
            misses++;
            entry = prefill(sequence);
            entries.put(sequence, entry);
            bytes += entry.bytes;
        } else {
            hits++;
        }
        return entry;
    }

    private Entry prefill(Sequence sequence) {
        int prompt = sequence.prompt().length;
        int start = Math.min(positions.start(prompt), prompt - 1);
        int layers = model.config().layers();
        try (NDManager step = model.newManager()) {
            Layout layout = Layout.of(List.of(sequence), new int[] {0});
            NDArray place = layout.positions(step);
            NDArray low = model.extend(model.embed(layout.ids(step)), 0, lowest + 1, false, place, layout.mask(step), null,
                    null, null, false).get(0);
            NDArray rest = low.get(":, " + start + ":").duplicate();
            NDArray past = null;
            if (start > 0 && lowest + 1 < layers) {
                NDList extended = model.extend(low.get(":, :" + start), lowest + 1, layers, false, place.get(":, :" + start),
                        null, null, null, null, true);
                past = extended.get(1);
                past.attach(owner);
            }
            rest.attach(owner);
            long size = 4 * (rest.size() + (past == null ? 0 : past.size()));
            return new Entry(start, rest, past, size);
        }
    }

    private void evict() {
        Iterator<Entry> oldest = entries.values().iterator();
        while (bytes > budget && oldest.hasNext()) {
            Entry entry = oldest.next();
            oldest.remove();
            bytes -= entry.bytes;
            entry.close();
        }
    }

    /**
     * Mean over prompts of the mean over their edited last tokens (at least the very last one) of the lowest edited
     * block's output in the untouched model, {@code [d]}: where these prompts lie in hidden space.
     */
    public float[] meanPromptState(List<Sequence> prompts) {
        float[] mean = new float[model.config().hiddenSize()];
        for (Sequence sequence : prompts) {
            try (NDManager step = model.newManager()) {
                Entry entry = entry(sequence);
                int length = sequence.prompt().length;
                int from = Math.min(length - positions.lastOf(length), length - 1) - entry.start;
                NDArray rows = entry.hidden.get("0, " + from + ":" + (length - entry.start));
                rows.attach(step);
                NDArray centre = rows.mean(new int[] {0});
                centre.attach(step);
                float[] state = centre.toFloatArray();
                for (int i = 0; i < mean.length; i++) {
                    mean[i] += state[i] / prompts.size();
                }
            }
        }
        evict();
        return mean;
    }

    /** Forgets these sequences, when they will not come again. */
    public void forget(Iterable<Sequence> sequences) {
        for (Sequence sequence : sequences) {
            Entry entry = entries.remove(sequence);
            if (entry != null) {
                bytes -= entry.bytes;
                entry.close();
            }
        }
    }

    /** Bytes kept now. */
    public long bytes() {
        return bytes;
    }

    /** Share of look-ups that were answered from the cache. */
    public double hitRate() {
        return hits + misses == 0 ? 0 : (double) hits / (hits + misses);
    }

    @Override
    public void close() {
        entries.clear();
        owner.close();
    }
}
