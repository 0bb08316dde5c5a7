package craft.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import craft.task.Score;
import org.junit.jupiter.api.Test;

/** Scores in journals, also of older programs. */
class StoredScoreTest {
    /** As it stands in a journal of the first version. */
    private static final String OLD = "{\"event\":\"TaskEvaluated\",\"after\":1,\"task\":2,\"group\":1,\"groupKnown\":false,"
            + "\"score\":{\"accuracy\":0.75,\"balancedAccuracy\":\"NaN\",\"unionAccuracy\":0.5,\"majority\":0.25,\"rows\":8}}";

    @Test
    void readsAScoreOfTheFirstVersion() throws JsonProcessingException {
        Score score = ((RunEvent.TaskEvaluated) Json.mapper().readValue(OLD, RunEvent.class)).score();
        assertThat(score).isEqualTo(new Score(0.75, "accuracy", 0.75, Double.NaN, Double.NaN, 0.5, 0.25, Double.NaN,
                Double.NaN, Double.NaN, 8));
        assertThat(score).isEqualTo(new Score(0.75, Double.NaN, 0.5, 0.25, 8));
    }

    @Test
    void readsBackWhatItWrites() throws JsonProcessingException {
        Score score = new Score(0.5, "rouge-l", 0.25, Double.NaN, 0.3, 0.1, 0.2, 7.5, 0.4, 0.9, 11);
        String json = Json.mapper().writeValueAsString(new RunEvent.TaskEvaluated(1, 1, 1, true, score));
        assertThat(((RunEvent.TaskEvaluated) Json.mapper().readValue(json, RunEvent.class)).score()).isEqualTo(score);
    }

    @Test
    void refusesAScoreThatIsNone() {
        assertThatThrownBy(() -> Json.mapper().readValue("{\"accuracy\":0.5,\"kappa\":1,\"rows\":3}", Score.class))
                .isInstanceOf(JsonProcessingException.class);
        assertThatThrownBy(() -> Json.mapper().readValue("{\"accuracy\":0.5}", Score.class))
                .isInstanceOf(JsonProcessingException.class).hasMessageContaining("number of rows");
    }
}
