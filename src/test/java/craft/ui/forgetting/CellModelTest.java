package craft.ui.forgetting;

import static org.assertj.core.api.Assertions.assertThat;

import craft.task.Prediction;
import craft.ui.Direct;
import craft.ui.FakeDialogs;
import craft.ui.FakeRuns;
import craft.ui.WorkbenchModel;
import craft.ui.forgetting.CellModel.Answer;
import craft.ui.forgetting.CellModel.Change;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CellModelTest {
    @TempDir
    Path temp;

    private static Prediction answer(int row, double score) {
        return new Prediction(row, "text " + row, "yes", score == 1 ? "yes" : "no", null, score);
    }

    @Test
    void lostAnswersComeFirstThenGainedOnes() {
        List<Answer> answers = CellModel.compare(List.of(answer(1, 1), answer(2, 1), answer(3, 0), answer(4, 0),
                answer(9, 1)),
                List.of(answer(4, 0), answer(3, 1), answer(2, 0), answer(1, 1)));
        assertThat(answers).extracting(a -> a.now().row()).containsExactly(3, 2, 1, 4, 9);
        assertThat(answers).extracting(Answer::change)
                .containsExactly(Change.LOST, Change.GAINED, Change.SAME, Change.SAME, Change.SAME);
        assertThat(answers.get(4).before()).isNull();
    }

    @Test
    void aCellIsReadFromTheRunShownAndForgottenWithIt() {
        WorkbenchModel workbench = Direct.model(FakeRuns.some(), new FakeDialogs(), temp);
        CellModel model = new CellModel(workbench);
        model.choose(2, 1);
        assertThat(model.cell().get()).isNull();
        workbench.openRun(FakeRuns.ROOT.resolve("quickstart-2"));
        model.choose(2, 1);
        assertThat(model.cell().get().answers()).hasSize(20);
        assertThat(model.cell().get().count(Change.LOST)).isPositive();
        workbench.openRun(FakeRuns.ROOT.resolve("quickstart-3"));
        assertThat(model.cell().get()).isNull();
    }
}
