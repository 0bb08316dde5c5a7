package craft.lm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NarrowedTest {
    @Test
    void aRowKeepsItsPredictingTokensOnce() {
        // rows of 5 tokens: tokens 2 (twice) and 4 of row 0, token 1 of row 1
        Narrowed narrowed = Narrowed.of(new long[] {2, 2, 4, 6}, 2, 5);
        assertThat(narrowed.tokens()).containsExactly(2, 4, 6, 5);
        assertThat(narrowed.predictors()).containsExactly(0, 0, 1, 2);
    }

    @Test
    void theirOrderIsThatOfThePredictors() {
        Narrowed narrowed = Narrowed.of(new long[] {7, 4, 1}, 2, 4);
        assertThat(narrowed.tokens()).containsExactly(1, 0, 4, 7);
        assertThat(narrowed.predictors()).containsExactly(3, 2, 0);
    }

    @Test
    void nothingIsNarrowedWhereARowNeedsAllItsTokens() {
        assertThat(Narrowed.of(new long[] {0, 1, 2}, 2, 2)).isNull();
        assertThat(Narrowed.of(new long[] {}, 2, 2)).isNull();
    }
}
