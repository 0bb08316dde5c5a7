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
        Score score = Scoring.score(TaskMetric.ACCURACY, true, List.of(
                row("a", "a", "a"), row("a", "a", "x"), row("a", "b", "b"), row("b", "b", "b"), row("b", "c", "c")));
        assertThat(score.accuracy()).isEqualTo(0.6, within(1e-12));
        assertThat(score.balancedAccuracy()).isEqualTo((2.0 / 3 + 0.5) / 2, within(1e-12));
        assertThat(score.unionAccuracy()).isEqualTo(0.4, within(1e-12));
        assertThat(score.majority()).isEqualTo(0.6, within(1e-12));
        assertThat(score.rows()).isEqualTo(5);
        // F1 of a: TP 2, expected 3, given 2 -> 4/5; b: TP 1, expected 2, given 2 -> 1/2; c: given alone -> 0
        assertThat(score.macroF1()).isEqualTo((0.8 + 0.5 + 0) / 3, within(1e-12));
        assertThat(score.value()).isEqualTo(score.accuracy());
        assertThat(score.metric()).isEqualTo("accuracy");
        assertThat(score.perplexity()).isEqualTo(Math.exp(0.5), within(1e-12));
    }

    @Test
    void aConstantAnswerScoresTheMajorityAndBalancedOneOverTheLabels() {
        Score score = Scoring.score(TaskMetric.ACCURACY, true, List.of(row("ham", "ham", null), row("ham", "ham", null),
                row("ham", "ham", null),
                row("spam", "ham", null)));
        assertThat(score.accuracy()).isEqualTo(score.majority()).isEqualTo(0.75, within(1e-12));
        assertThat(score.balancedAccuracy()).isEqualTo(0.5, within(1e-12));
        assertThat(score.unionAccuracy()).isNaN();
    }

    @Test
    void aGenerationTaskHasNoBalancedAccuracyAndMayScoreInBetween() {
        Score score = Scoring.score(TaskMetric.ROUGE_L, false, List.of(
                row("7", "7", null), row("8", "about 8", null)));
        assertThat(score.value()).isEqualTo((1 + 2.0 / 3) / 2, within(1e-12));
        assertThat(score.metric()).isEqualTo("rouge-l");
        assertThat(score.accuracy()).isEqualTo(0.5, within(1e-12));
        assertThat(score.macroF1()).isNaN();
        assertThat(score.taskFree()).isNaN();
        assertThat(score.groupAccuracy()).isNaN();
        assertThat(score.balancedAccuracy()).isNaN();
        assertThat(score.majority()).isEqualTo(0.5, within(1e-12));
    }

    @Test
    void noRowsAreNoScore() {
        for (TaskMetric metric : TaskMetric.forTasks()) {
            assertThatThrownBy(() -> Scoring.score(metric, true, List.of()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static Answered row(String expected, String given, String union) {
        return new Answered(1, "text", expected, given, union, -1, 2);
    }
}
