package craft.ui.run;

import static org.assertj.core.api.Assertions.assertThat;

import craft.experiment.MethodFacts;
import craft.experiment.RecipeReader;
import craft.experiment.RunEvent;
import craft.experiment.RunEvent.RoutingDecided;
import craft.ui.FakeRuns;
import craft.ui.SampleRun;
import craft.ui.TestWindow;
import craft.ui.ViewId;
import craft.ui.text.Words;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.Labeled;
import javafx.scene.text.Text;
import javafx.scene.text.TextFlow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the window says of a run is what the run's own method says of itself, whichever method it is. */
class MethodsInTheWindowTest {
    private static final Path RUN = FakeRuns.ROOT.resolve("quickstart-2");

    @TempDir
    Path temp;
    private final FakeRuns runs = FakeRuns.some();

    @Test
    void everyMethodShowsItsOwnFormulaAndRoutingOnlyIfItRoutes() throws Exception {
        List<RunEvent> routed = SampleRun.finished();
        // as earlier versions kept a run of a method that routes nothing
        List<RunEvent> unrouted = routed.stream().map(e -> e instanceof RoutingDecided r
                ? new RoutingDecided(r.task(), List.of(), Double.NaN, Double.NaN, "one for all", 0, 1, r.task() == 1) : e)
                .map(e -> e instanceof RunEvent.TaskFinished f ? new RunEvent.TaskFinished(f.task(), 1, f.seconds()) : e).toList();
        try (TestWindow window = new TestWindow(runs, temp)) {
            for (String type : RecipeReader.methodTypes()) {
                MethodFacts method = MethodFacts.of(type);
                runs.recipe = RecipeReader.with(FakeRuns.recipe(), Map.of("method.type", type));
                runs.finished = method.routes() ? routed : unrouted;
                open(window);
                for (Locale language : Words.LANGUAGES) {
                    window.robot.interact(() -> Words.use(language));
                    Words words = Words.of("method");
                    assertThat(words.has("objective." + type) && words.has("unrouted." + type)).as(type).isTrue();

                    window.view(ViewId.RUN);
                    assertThat(formula(window)).as(type).isEqualTo(plain(method.formula()));
                    assertThat(window.find("#run-objective").getAccessibleText()).isEqualTo(words.get("objective." + type).replaceAll("_(?=[\\p{L}\\d])", ""));

                    window.view(ViewId.ROUTING);
                    boolean says = window.find("#routing-none") != null;
                    assertThat(says).as("%s routes nothing", type).isNotEqualTo(method.routes());
                    assertThat(texts(window).contains(words.get("unrouted." + type))).isEqualTo(says);
                    assertThat(window.find("#routing-groups") != null).as("what answers each task").isEqualTo(says);
                    if (says) {
                        assertThat(texts(window)).contains("korean-intent", Words.of("run").get("answers.group", 1));
                    }
                }
            }
        }
    }

    @Test
    void craftWithRoutingSwitchedOffSaysSo() throws Exception {
        try (TestWindow window = new TestWindow(runs, temp)) {
            runs.recipe = RecipeReader.with(FakeRuns.recipe(), Map.of("method.routing.enabled", "false", "method.tuning.lambda", "0",
                    "method.tuning.epsilon", "0"));
            runs.finished = SampleRun.finished().stream().filter(e -> !(e instanceof RoutingDecided)).toList();
            open(window);
            window.view(ViewId.ROUTING);
            assertThat(window.find("#routing-none")).isNotNull();
            window.view(ViewId.RUN);
            assertThat(formula(window)).isEqualTo(List.of("L = CE"));
        }
    }

    @Test
    void beforeTheFirstRunTheFormulaIsThatOfTheRecipeAtHand() throws Exception {
        try (TestWindow window = new TestWindow(runs, temp)) {
            window.view(ViewId.RUN);
            assertThat(window.find("#run-formula")).isNull();
            window.robot.interact(() -> window.model.setRecipe(RecipeReader.with(FakeRuns.recipe(), Map.of("method.type", "ewc"))));
            assertThat(formula(window)).isEqualTo(plain(MethodFacts.of("ewc").formula()));
            window.robot.interact(() -> window.model.setRecipe(FakeRuns.recipe()));
            assertThat(formula(window)).isEqualTo(plain(MethodFacts.of("craft").formula()));
        }
    }

    private static void open(TestWindow window) {
        Object before = window.model.shown().get();
        window.robot.interact(() -> window.model.openRun(RUN));
        window.await(() -> window.model.shown().get() != before);
    }

    private static List<String> plain(List<String> formula) {
        return formula.stream().map(line -> line.replaceAll("_\\{([^}]*)}", "$1")).toList();
    }

    private static List<String> formula(TestWindow window) {
        return ((Parent) window.find("#run-formula")).getChildrenUnmodifiable().stream().map(line -> ((TextFlow) line).getChildren().stream()
                .map(part -> ((Text) part).getText()).collect(Collectors.joining())).toList();
    }

    private static List<String> texts(TestWindow window) {
        return window.stage.getScene().getRoot().lookupAll(".label").stream().filter(MethodsInTheWindowTest::visible)
                .map(label -> ((Labeled) label).getText()).toList();
    }

    private static boolean visible(Node node) {
        return node == null || node.isVisible() && visible(node.getParent());
    }
}
