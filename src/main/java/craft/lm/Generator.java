package craft.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * Continues prompts, the likeliest token after the other, several rows at a time.
 *
 * <p>What a row says, and every logit on the way, is a function of its prompt and the change to the model alone, to the last bit: not of
 * the rows beside it, their number or order, of threads, of room, or of what the pass had kept. A prompt is therefore computed by itself.
 * New tokens are computed {@link #SLOTS} at a time, always so many, whether there are rows for all of them or not, so that products of
 * matrices are always of the same shape; attention, whose shapes follow the row's length, for each row by itself. Each pass runs on one
 * thread; further threads have slots of their own. A row that ends makes room for the next.
 *
 * <p>Keys and values lie in a room of each row's own, made for its longest continuation and written in place. All else that a token
 * needs is freed with it.
 */
public final class Generator {
    /** Rows of a pass. With four, MKL multiplies about as fast as it reads the weights; with eight it takes twice as long. */
    public static final int SLOTS = 4;
    private static final int NO_ROW = -1;

    private final CausalLm model;
    private final ForwardPass pass;
    private final int threads;
    private final Sink sink;

    /** @param pass whose kept keys and values of prompts are used, where it has any */
    public Generator(CausalLm model, ForwardPass pass) {
        this(model, pass, Torch.threads(), null);
    }

    /** @param sink may be null */
    Generator(CausalLm model, ForwardPass pass, int threads, Sink sink) {
        this.model = model;
        this.pass = pass;
        this.threads = threads;
        this.sink = sink;
    }

    /** Is told of each row the logits {@code [V]} of each next token, the last one's too; by several threads. Valid during the call. */
    interface Sink {
        void next(int row, NDArray logits);
    }

    /**
     * Of edits only the prompts have any, later tokens see them through keys and values; updates of weights hold for all tokens. A row
     * ends before an end-of-text token, after {@code maxNewTokens}, or where the model's context does.
     *
     * @param adaptation null for the untouched model
     * @return for each prompt its new token ids, without the end-of-text token
     * @throws IllegalStateException for a model that writes no text, see {@link ModelConfig#writesText()}
     */
    public List<int[]> generate(List<int[]> prompts, Adaptation adaptation, int maxNewTokens) {
        return generate(prompts, adaptation, maxNewTokens, Set.copyOf(model.config().eosTokens()));
    }

    /** @param ends tokens that end a row: none to measure how long a text takes */
    public List<int[]> generate(List<int[]> prompts, Adaptation adaptation, int maxNewTokens, Set<Integer> ends) {
        model.writer();
        Rows rows = new Rows(prompts, adaptation, maxNewTokens, ends);
        int workers = Math.min(Math.min(model.settings().parts(), threads), prompts.size());
        SideBySide.map(Collections.nCopies(workers, rows), workers, threads, all -> TorchThread.alone(() -> {
            write(all);
            return null;
        }));
        return Arrays.asList(rows.texts);
    }

    /** All rows, which workers take one after the other. */
    private static final class Rows {
        private final List<int[]> prompts;
        private final Adaptation adaptation;
        private final int most;
        private final Set<Integer> ends;
        private final int[][] texts;
        private int next;

        Rows(List<int[]> prompts, Adaptation adaptation, int most, Set<Integer> ends) {
            this.prompts = prompts;
            this.adaptation = adaptation;
            this.most = most;
            this.ends = ends;
            this.texts = new int[prompts.size()][];
        }

        synchronized int take() {
            return next < prompts.size() ? next++ : NO_ROW;
        }
    }

    /** A row that is being written. */
    private final class Slot implements AutoCloseable {
        private final Rows rows;
        private final int row;
        private final int length;
        private final int[] text;
        private final NDManager owner;
        private NDArray room;
        private int written;
        private boolean ended;

        Slot(Rows rows, int row) {
            this.rows = rows;
            this.row = row;
            this.length = rows.prompts.get(row).length;
            this.text = new int[Math.max(0, Math.min(rows.most, model.config().context() - length))];
            this.ended = text.length == 0;
            this.owner = model.newManager();
        }

        /** Takes what comes after the last token, or ends. */
        void take(int token, NDArray logits, int of) {
            if (sink != null) {
                sink.next(row, logits.get(of));
            }
            if (rows.ends.contains(token)) {
                ended = true;
            } else {
                text[written++] = token;
                ended = written == text.length;
            }
        }

        /** Tokens with the one written last, which has still to be read. */
        int tokens() {
            return length + written;
        }

        @Override
        public void close() {
            rows.texts[row] = Arrays.copyOf(text, written);
            owner.close();
        }
    }

    private void write(Rows rows) {
        Slot[] slots = new Slot[SLOTS];
        try (NDManager scope = model.newManager()) {
            NDArray noRoom = scope.create(new float[0], new Shape(0)); // not the model's own: threads name the arrays they pass
            Adaptation later = rows.adaptation == null ? null : rows.adaptation.afterPrompt();
            while (fill(slots, rows)) {
                try (NDManager step = model.newManager()) {
                    long[] ids = Arrays.stream(slots).mapToLong(s -> s == null ? 0 : s.text[s.written - 1]).toArray();
                    long[] lengths = Arrays.stream(slots).mapToLong(s -> s == null ? 0 : s.tokens()).toArray();
                    List<NDArray> rooms = Arrays.stream(slots).map(s -> s == null ? noRoom : s.room).toList();
                    NDList next = model.write(step, ids, lengths, rooms, later);
                    long[] tokens = next.get(0).toLongArray();
                    for (int s = 0; s < SLOTS; s++) {
                        if (slots[s] != null) {
                            slots[s].take((int) tokens[s], next.get(1), s);
                        }
                    }
                }
            }
        } finally {
            Arrays.stream(slots).filter(s -> s != null).forEach(Slot::close);
        }
    }

    /** Gives slots whose rows have ended to rows that have not begun. @return whether there is anything to write */
    private boolean fill(Slot[] slots, Rows rows) {
        for (int s = 0; s < SLOTS; s++) {
            while (slots[s] == null || slots[s].ended) {
                if (slots[s] != null) {
                    slots[s].close();
                    slots[s] = null;
                }
                int row = rows.take();
                if (row == NO_ROW) {
                    break;
                }
                slots[s] = new Slot(rows, row);
                if (!slots[s].ended) {
                    read(slots[s], rows.prompts.get(row), rows.adaptation);
                }
            }
        }
        return Arrays.stream(slots).anyMatch(s -> s != null);
    }

    /**
     * Passes a prompt: what lies before its first changed token apart from the rest, since that may be kept. Where it is cut follows the
     * change and not the pass; with {@link EngineSettings#halfCache()} the first part is rounded even if it was not kept.
     */
    private void read(Slot slot, int[] prompt, Adaptation adaptation) {
        int layers = model.config().layers();
        int start = adaptation instanceof Edits edits ? model.arrangement().start(prompt.length, edits.positions()) : 0;
        slot.room = model.room(slot.owner, prompt.length + slot.text.length - 1);
        try (NDManager step = model.newManager()) {
            int[] rest = Arrays.copyOfRange(prompt, start, prompt.length);
            NDArray positions = CausalLm.positions(step, start, rest.length);
            NDArray hidden = model.embed(step.create(CausalLm.toLong(rest), new Shape(1, rest.length)), positions);
            NDArray where = where(step, prompt, start, adaptation);
            if (start == 0) {
                hidden = extend(slot, hidden, 0, layers, start, positions, null, null, where, adaptation);
            } else {
                int[] first = Arrays.copyOf(prompt, start);
                NDArray above = pass.past(step, first);
                int lower = above == null ? layers : layers - (int) above.getShape().get(0);
                NDArray mask = mask(step, start, rest.length);
                NDArray below = model.prefill(step, first, lower);
                below = model.settings().halfCache() ? model.half(below) : below;
                hidden = extend(slot, hidden, 0, lower, start, positions, mask, below, where, adaptation);
                if (above != null) {
                    hidden = extend(slot, hidden, lower, layers, start, positions, mask, above, where, adaptation);
                }
            }
            NDArray logits = model.logits(hidden.get(":, -1"));
            slot.take((int) logits.argMax(-1).getLong(), logits, 0);
        }
    }

    private NDArray extend(Slot slot, NDArray hidden, int first, int last, int start, NDArray positions, NDArray mask, NDArray past,
            NDArray where, Adaptation adaptation) {
        NDList made = model.extend(hidden, first, last, false, positions, mask, past, where, adaptation, true);
        if (past != null) {
            model.put(past, first, 0, slot.room);
        }
        model.put(made.get(1), first, start, slot.room);
        return made.get(0);
    }

    private NDArray where(NDManager step, int[] prompt, int start, Adaptation adaptation) {
        Sequence beyond = new Sequence(prompt, List.of(new int[1])); // a layout knows no prompt without a continuation
        NDArray where = model.arrangement().layout(List.of(beyond), new int[] {start}).where(step, adaptation);
        return where == null ? null : where.get(":, :" + (prompt.length - start));
    }

    /** Each of {@code count} tokens sees those before {@code start} and, among themselves, those up to its own. */
    private static NDArray mask(NDManager step, int start, int count) {
        int width = start + count;
        float[] mask = new float[count * width];
        for (int i = 0; i < count; i++) {
            Arrays.fill(mask, i * width + start + i + 1, (i + 1) * width, Float.NEGATIVE_INFINITY);
        }
        return step.create(mask, new Shape(1, 1, count, width));
    }
}
