package craft.lm;

import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Independent pieces of work on several threads at once. PyTorch's own way, all threads on one operation after the other, gains
 * little where operations are as small as a training step's; a thread for each piece of the batch has nothing to wait for.
 *
 * <p>How many threads there are decides when a piece is computed, never what it gives: results come in the order of the pieces.
 */
public final class SideBySide {
    /** Kept for the life of the process: native memory belongs to the thread that asked for it. */
    private static final ExecutorService HELPERS = new ThreadPoolExecutor(0, Integer.MAX_VALUE, Long.MAX_VALUE, TimeUnit.NANOSECONDS,
            new SynchronousQueue<>(), run -> {
                Thread thread = new Thread(run, "craft-helper");
                thread.setDaemon(true);
                return thread;
            });
    private static final ThreadLocal<Boolean> AT_WORK = ThreadLocal.withInitial(() -> false);

    private SideBySide() {
    }

    /**
     * The pieces' results, in their order. Pieces must not share anything that one of them changes. The calling thread, which
     * {@link TorchThread#prepare()} has prepared, takes part; within a piece everything is computed on its own thread.
     *
     * @param most pieces computed at the same time, since each needs its memory; never more than there are threads
     * @throws RuntimeException the first failed piece's, once no piece is computed any more
     */
    public static <A, B> List<B> map(List<A> pieces, int most, Function<? super A, ? extends B> work) {
        return map(pieces, most, Torch.threads(), work);
    }

    static <A, B> List<B> map(List<A> pieces, int most, int threads, Function<? super A, ? extends B> work) {
        int together = Math.min(Math.min(pieces.size(), most), threads);
        if (together <= 1 || AT_WORK.get()) {
            List<B> results = new ArrayList<>();
            pieces.forEach(piece -> results.add(work.apply(piece)));
            return results;
        }
        return map(pieces, together, new Pieces<>(pieces, work, threads / together));
    }

    /**
     * As {@link #map}, but every piece is computed by one thread, however many there are: what it gives depends on the piece
     * alone, on a machine with many processors, too.
     */
    public static <A, B> List<B> mapOnOneThreadEach(List<A> pieces, int most, Function<? super A, ? extends B> work) {
        if (AT_WORK.get()) {
            throw new IllegalStateException("within a piece, the piece's threads are already chosen");
        }
        return map(pieces, Math.min(Math.min(pieces.size(), most), Torch.threads()), new Pieces<>(pieces, work, 1));
    }

    private static <A, B> List<B> map(List<A> pieces, int together, Pieces<A, B> all) {
        List<Future<?>> helpers = new ArrayList<>();
        for (int i = 1; i < together; i++) {
            helpers.add(HELPERS.submit(() -> {
                TorchThread.prepare();
                all.help();
            }));
        }
        try {
            all.help();
        } finally {
            try {
                helpers.forEach(SideBySide::await);
            } finally {
                JniUtils.setNumThreads(Torch.threads());
            }
        }
        return all.results();
    }

    /** Waits whatever comes: a piece that is still computed uses memory that the caller frees next. */
    private static void await(Future<?> helper) {
        boolean interrupted = false;
        while (true) {
            try {
                helper.get();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause()); // a piece's own failure is kept by Pieces
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Pieces that several threads take one after the other. */
    private static final class Pieces<A, B> {
        private final List<A> pieces;
        private final Function<? super A, ? extends B> work;
        private final int threadsEach;
        private final List<B> results;
        private final List<Throwable> failures;
        private int next;

        Pieces(List<A> pieces, Function<? super A, ? extends B> work, int threadsEach) {
            this.pieces = pieces;
            this.work = work;
            this.threadsEach = threadsEach;
            this.results = new ArrayList<>(Collections.nCopies(pieces.size(), null));
            this.failures = new ArrayList<>(Collections.nCopies(pieces.size(), null));
        }

        private synchronized int take() {
            return next < pieces.size() ? next++ : -1;
        }

        private synchronized void give(int at, B result, Throwable failure) {
            results.set(at, result);
            failures.set(at, failure);
            if (failure != null) {
                next = pieces.size();
            }
        }

        void help() {
            JniUtils.setNumThreads(threadsEach);
            AT_WORK.set(true);
            try {
                for (int at = take(); at >= 0; at = take()) {
                    help(at);
                }
            } finally {
                AT_WORK.set(false);
            }
        }

        private void help(int at) {
            try {
                give(at, work.apply(pieces.get(at)), null);
            } catch (RuntimeException | Error e) { // the caller throws it
                give(at, null, e);
            }
        }

        synchronized List<B> results() {
            for (Throwable failure : failures) {
                if (failure instanceof RuntimeException e) {
                    throw e;
                }
                if (failure instanceof Error e) {
                    throw e;
                }
            }
            return results;
        }
    }

    /** A list cut into at most {@code count} runs of nearly equal size, none empty. */
    public static <A> List<List<A>> cut(List<A> list, int count) {
        int parts = Math.min(count, list.size());
        List<List<A>> cut = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            cut.add(list.subList(list.size() * i / parts, list.size() * (i + 1) / parts));
        }
        return cut;
    }
}
