package craft.ui.runs;

import static org.assertj.core.api.Assertions.assertThat;

import craft.store.ExportFormat;
import craft.ui.Direct;
import craft.ui.FakeDialogs;
import craft.ui.FakeRuns;
import craft.ui.WorkbenchModel;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunsModelTest {
    @TempDir
    Path temp;
    private final FakeRuns runs = FakeRuns.some();
    private WorkbenchModel workbench;
    private RunsModel model;

    @BeforeEach
    void open() {
        workbench = Direct.model(runs, new FakeDialogs(), temp);
        model = new RunsModel(workbench);
    }

    @Test
    void listsRunsAndKeepsTheChoiceOverARefresh() {
        model.refresh();
        assertThat(model.runs()).hasSize(4);
        model.selected().set(model.runs().get(1));
        runs.summaries.remove(0);
        model.refresh();
        assertThat(model.runs()).hasSize(3);
        assertThat(model.selected().get()).isEqualTo(model.runs().get(0));
        runs.summaries.clear();
        model.refresh();
        assertThat(model.selected().get()).isNull();
    }

    @Test
    void aFailureIsKeptUntilTheNextGoodReading() {
        runs.failure = new IllegalStateException("no such disk");
        model.refresh();
        assertThat(model.failure().get()).hasMessage("no such disk");
        assertThat(model.loading().get()).isFalse();
        runs.failure = null;
        model.refresh();
        assertThat(model.failure().get()).isNull();
        assertThat(model.runs()).hasSize(4);
    }

    @Test
    void theListIsReadAgainWhenARunBegins() {
        workbench.openQuickstart();
        workbench.start();
        assertThat(model.runs()).hasSize(4);
    }

    @Test
    void anExportSaysWhatItWroteOrWhyNot() {
        ExportModel export = new ExportModel(workbench, FakeRuns.ROOT.resolve("quickstart-2"));
        export.format().set(ExportFormat.PYREFT);
        export.target().set(" ");
        export.export();
        assertThat(export.written().get()).isNull();
        export.target().set(temp.toString());
        export.export();
        assertThat(export.written().get()).containsExactly(temp.resolve("adapters.safetensors"),
                temp.resolve("adapters.json"));
        runs.failure = new IllegalStateException("disk full");
        export.export();
        assertThat(export.written().get()).isNull();
        assertThat(export.failure().get()).hasMessage("disk full");
        assertThat(export.working().get()).isFalse();
    }
}
