package craft.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScoringTest {

    /** By hand: 3 of 5 right; recall of a 2/3, of b 1/2, of c (never expected) not counted; 2 of 5 in the union. */
    @Test
    void scoresAChoice() {
        Score score = Scoring.score(true, List.of(
                row("a", "a", "a"), row("a", "a", "x"), row("a", "b", "b"), row("b", "b", "b"), row("b", "c", "c")));
        assertThat(score.accuracy()).isEqualTo(0.6, within(1e-12));
        assertThat(score.balancedAccuracy()).isEqualTo((2.0 / 3 + 0.5) / 2, within(1e-12));
        assertThat(score.unionAccuracy()).isEqualTo(0.4, within(1e-12));
        assertThat(score.majority()).isEqualTo(0.6, within(1e-12));
        assertThat(score.rows()).isEqualTo(5);
    }

    @Test
    void aConstantAnswerScoresTheMajorityAndBalancedOneOverTheLabels() {
        Score score = Scoring.score(true, List.of(row("ham", "ham", null), row("ham", "ham", null),
                row("ham", "ham", null),
                row("spam", "ham", null)));
        assertThat(score.accuracy()).isEqualTo(score.majority()).isEqualTo(0.75, within(1e-12));
        assertThat(score.balancedAccuracy()).isEqualTo(0.5, within(1e-12));
        assertThat(score.unionAccuracy()).isNaN();
    }

    @Test
    void aGenerationTaskHasNoBalancedAccuracyAndMayScoreInBetween() {
        Score score = Scoring.score(false, List.of(
                new Prediction(1, "t", "7", "7", null, 1), new Prediction(2, "t", "8", "about 8", null, 0.5)));
        assertThat(score.accuracy()).isEqualTo(0.75, within(1e-12));
        assertThat(score.balancedAccuracy()).isNaN();
        assertThat(score.majority()).isEqualTo(0.5, within(1e-12));
    }

    @Test
    void matchesExactlyButForSpacesAround() {
        assertThat(Scoring.right("Natural Place", " Natural Place\n")).isEqualTo(1);
        assertThat(Scoring.right("ham", "Ham")).isZero();
        assertThat(Scoring.right("한국", "한국 ")).isEqualTo(1);
    }

    @Test
    void noRowsAreNoScore() {
        assertThatThrownBy(() -> Scoring.score(true, List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    private static Prediction row(String expected, String predicted, String union) {
        return new Prediction(1, "text", expected, predicted, union, expected.equals(predicted) ? 1 : 0);
    }
}
