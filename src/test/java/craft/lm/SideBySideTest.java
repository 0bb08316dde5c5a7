package craft.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import craft.intervention.Positions;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SideBySideTest {
    @BeforeAll
    static void prepare() {
        TorchThread.prepare();
    }

    @Test
    void piecesMeetEachOtherAndComeBackInOrder() {
        CyclicBarrier three = new CyclicBarrier(3); // passed by three pieces at the same time only
        List<Integer> results = SideBySide.map(IntStream.range(0, 9).boxed().toList(), 3, 5, piece -> {
            try {
                three.await(60, TimeUnit.SECONDS);
            } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
                throw new IllegalStateException(e);
            }
            return piece * piece;
        });
        assertThat(results).containsExactly(0, 1, 4, 9, 16, 25, 36, 49, 64);
    }

    @Test
    void aFailureIsThrownWhenNothingIsComputedAnyMore() {
        CountDownLatch failed = new CountDownLatch(1);
        AtomicInteger atWork = new AtomicInteger();
        assertThatThrownBy(() -> SideBySide.map(List.of(0, 1, 2, 3), 4, 2, piece -> {
            atWork.incrementAndGet();
            try {
                if (piece == 0) {
                    throw new IllegalArgumentException("piece 0");
                }
                failed.await();
                return piece;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            } finally {
                atWork.decrementAndGet();
                failed.countDown();
            }
        })).isInstanceOf(IllegalArgumentException.class).hasMessage("piece 0");
        assertThat(atWork).hasValue(0);
        assertThat(SideBySide.map(List.of(1, 2), 2, 2, piece -> piece + 1)).containsExactly(2, 3);
    }

    @Test
    void withinAPieceThereIsOneThread() {
        List<List<Thread>> threads = SideBySide.map(List.of(0, 1), 2, 2,
                piece -> SideBySide.map(List.of(0, 1, 2), 3, 3, inner -> Thread.currentThread()));
        assertThat(threads).allSatisfy(inner -> assertThat(inner).hasSize(3).containsOnly(inner.get(0)));
    }

    @Test
    void aListIsCutIntoRunsOfNearlyEqualSize() {
        assertThat(SideBySide.cut(List.of(1, 2, 3, 4, 5), 2)).containsExactly(List.of(1, 2), List.of(3, 4, 5));
        assertThat(SideBySide.cut(List.of(1, 2), 3)).containsExactly(List.of(1), List.of(2));
        assertThat(SideBySide.cut(List.of(), 3)).isEmpty();
    }

    /** The prompts come again and again, in one budget after the other: all is kept, or something goes while others look it up. */
    @Test
    void severalThreadsShareACache() {
        Random random = new Random(1);
        List<Sequence> some = IntStream.range(0, 12).mapToObj(i -> CausalLmTest.random(random, 8 + 2 * i, 2)).toList();
        List<List<Sequence>> batches = IntStream.range(0, 60).mapToObj(i -> List.of(some.get(random.nextInt(12)), some.get(random.nextInt(12))))
                .toList();
        try (CausalLm model = Stories.load(); PrefixCache alone = new PrefixCache(model, Positions.parse("l4"), 1, 1 << 26)) {
            List<float[]> expected = batches.stream().map(batch -> hidden(model, alone, batch)).toList();
            int arrays = model.ownArrays();
            for (long budget : new long[] {1 << 26, 40_000, 0}) {
                try (PrefixCache shared = new PrefixCache(model, Positions.parse("l4"), 1, budget)) {
                    List<float[]> got = SideBySide.map(batches, 4, 4, batch -> hidden(model, shared, batch));
                    for (int i = 0; i < got.size(); i++) {
                        assertThat(got.get(i)).containsExactly(expected.get(i), within(1e-4f));
                    }
                    assertThat(shared.bytes()).isLessThanOrEqualTo(budget);
                }
                assertThat(model.ownArrays()).isEqualTo(arrays);
            }
        }
    }

    private static float[] hidden(CausalLm model, PrefixCache cache, List<Sequence> batch) {
        try (NDManager step = model.newManager()) {
            return cache.hidden(step, batch, null).toFloatArray();
        }
    }
}
