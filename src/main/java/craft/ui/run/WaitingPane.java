package craft.ui.run;

import craft.experiment.RunState;
import craft.ui.Looks;
import craft.ui.text.Words;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.layout.VBox;

/** What a run is doing before its first step: on a slow machine or at the first start this takes a while. */
final class WaitingPane extends VBox {
    private final Words words = Words.of("run");
    private final ProgressBar progress = new ProgressBar();
    private final Label title = Looks.label("", "empty-title");
    private final Label text = Looks.paragraph("", "text-muted");

    WaitingPane() {
        super(2 * Looks.GRID);
        setId("run-waiting");
        title.setId("run-waiting-title");
        getStyleClass().add("empty-state");
        setAlignment(Pos.CENTER);
        progress.setPrefWidth(240);
        text.setMaxWidth(420);
        text.setAlignment(Pos.CENTER);
        text.setTextAlignment(javafx.scene.text.TextAlignment.CENTER);
        getChildren().setAll(title, progress, text);
    }

    /** Run was pressed; the recipe is being checked. */
    void checking() {
        say(words.get("wait.checking"), "", ProgressBar.INDETERMINATE_PROGRESS);
    }

    /** The run has begun and made no step yet. */
    void follow(RunState state) {
        int tasks = state.tasks().size();
        if (tasks == 0) {
            say(words.get("wait.loading"), words.get("wait.loading.text"), ProgressBar.INDETERMINATE_PROGRESS);
        } else if (state.evaluations().size() < tasks) {
            say(words.get("wait.untrained", state.evaluations().size(), tasks), words.get("wait.untrained.text"),
                    state.evaluations().size() / (double) tasks);
        } else {
            say(words.get("wait.training"), "", ProgressBar.INDETERMINATE_PROGRESS);
        }
    }

    private void say(String what, String more, double share) {
        title.setText(what);
        text.setText(more);
        progress.setProgress(share);
    }
}
