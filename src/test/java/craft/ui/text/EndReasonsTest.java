package craft.ui.text;

import static org.assertj.core.api.Assertions.assertThat;

import craft.experiment.Divergence;
import craft.experiment.RunEvent;
import craft.experiment.RunState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Why a run ended, in both languages, whatever number it was that was not finite. */
class EndReasonsTest {
    private static final List<String> NUMBERS = List.of("loss", "gradient", "weights", "statistics", "validation", "divergence", "likelihood");

    @AfterEach
    void english() {
        Words.use(Locale.ENGLISH);
    }

    private static RunState failed(Divergence divergence) {
        RunState state = new RunState();
        state.apply(new RunEvent.RunFailed("Training has diverged.", "", divergence));
        return state;
    }

    private static Map<String, String> options() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("training.learningRate", "10");
        options.put("training.maxGradientNorm", "0");
        options.put("training.warmupRatio", "0");
        options.put("engine.precision", "bfloat16");
        options.put("method.temperature", "0.001");
        return options;
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "ko"})
    void aDivergedRunIsToldWithPlaceAndRemedies(String language) {
        Words.use(Locale.forLanguageTag(language));
        for (String number : NUMBERS) {
            for (Divergence d : List.of(new Divergence(number, false, 2, "뉴스", false, 11, 24, 31, 30, options()),
                    new Divergence(number, true, 2, "뉴스", false, 0, 0, 31, -1, options()),
                    new Divergence(number, true, 2, "뉴스", true, 0, 0, 31, 0, options()))) {
                String words = EndReasons.inWords(failed(d));
                assertThat(words).as(number).contains("뉴스", "31", "training.learningRate", "training.maxGradientNorm", "training.warmupRatio",
                        "engine.precision", "float32", "method.temperature").doesNotContain("[shell", "{", "Training has diverged.", "  ");
                assertThat(words.contains("11") && words.contains("24")).isEqualTo(d.step() > 0);
                assertThat(words).containsPattern(language.equals("ko") ? "발산했습니다" : "Training has diverged: ");
                assertThat(words).contains(language.equals("ko") ? d.infinite() ? "무한대입니다" : "숫자가 아닙니다"
                        : d.infinite() ? "is infinite" : "is not a number");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "ko"})
    void theStatusLineHasAShortForm(String language) {
        Words.use(Locale.forLanguageTag(language));
        RunState state = failed(new Divergence("loss", false, 2, "news", false, 11, 24, 31, 30, options()));
        assertThat(EndReasons.shortly(state)).hasSizeLessThan(60).contains("news").doesNotContain("learningRate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "ko"})
    void anUntrainedModelIsNotToldToTrainLess(String language) {
        Words.use(Locale.forLanguageTag(language));
        RunState state = failed(new Divergence("likelihood", false, 1, "news", true, 0, 0, 0, -1, options()));
        assertThat(EndReasons.inWords(state)).contains("news", "engine.precision").doesNotContain("learningRate", "[shell");
        assertThat(EndReasons.shortly(state)).isEqualTo(EndReasons.inWords(state));
    }

    @ParameterizedTest
    @ValueSource(strings = {"The model cannot be read.", "Stopped by the user. Resume the run to go on."})
    void otherEndsAreToldAsBefore(String message) {
        RunState state = new RunState();
        state.apply(new RunEvent.RunFailed(message, ""));
        assertThat(EndReasons.inWords(state)).isEqualTo(EndReasons.inWords(message));
    }
}
