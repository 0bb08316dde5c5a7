package craft.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.error.InvalidInputException;
import craft.experiment.Recipe;
import craft.experiment.RunEvent.StepDone;
import craft.experiment.TinySequence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose base model and tasks are no longer where they were. */
@Timeout(240)
class MovedRunTest {
    @TempDir
    Path temporary;
    private Recipe recipe;
    private RunStore store;

    @BeforeEach
    void write() throws IOException {
        Path tiny = TinySequence.write(temporary.resolve("tiny"));
        Path model = ResumeTest.copy(Path.of("src/test/resources/models/stories260k"), temporary.resolve("models/m"));
        recipe = TinyRuns.recipe(tiny, "sequential").withModel(model.toString());
        store = new RunStore(temporary.resolve("runs"));
    }

    private static void refused(Runnable what, String... words) {
        assertThatThrownBy(what::run).isInstanceOf(InvalidInputException.class).hasMessageContainingAll(words)
                .hasMessageNotContaining("Exception");
    }

    private Path stopped(int runStep) throws InterruptedException {
        return TinyRuns.stopped(store, recipe, e -> e instanceof StepDone s && s.runStep() == runStep);
    }

    @Test
    void itGoesOnFromANewPlaceWithTheSameFilesAndRemembersIt() throws Exception {
        RunSession session = store.prepare(recipe);
        TinyRuns.run(session);
        Path whole = session.folder();
        Path run = stopped(3);
        byte[] recorded = Files.readAllBytes(run.resolve("run.json"));
        Path model = Files.move(temporary.resolve("models/m"), temporary.resolve("models/elsewhere"));
        Path tasks = Files.move(temporary.resolve("tiny"), temporary.resolve("data"));
        String there = recipe.tasks().stream().map(t -> tasks.resolve(Path.of(t).getFileName()).toString())
                .collect(Collectors.joining(","));
        refused(() -> store.resume(run), "base model", "gone from " + recipe.model(), "--set model=");
        refused(() -> store.resume(run, Map.of("model", model.toString())), "gone from " + recipe.tasks().get(0), "--set tasks=");
        refused(() -> RunStore.recipeInPlace(run, Map.of()), "gone from " + recipe.model(), "resume " + run + " --set model=");
        assertThat(run.resolve("places.json")).doesNotExist();
        assertThat(RunLock.isHeld(new RunFolder(run))).isFalse();

        RunSession again = store.resume(run, Map.of("model", model.toString(), "tasks", there));
        TinyRuns.run(again, (event, control) -> {
            if (event instanceof StepDone s && s.runStep() == 5) {
                control.stop();
            }
        });
        assertThat(RunStore.open(run).state().notes()).filteredOn(n -> n.contains("now read from")).hasSize(4)
                .first().asString().contains(model.toString(), recipe.model());
        assertThat(RunStore.recipeInPlace(run, Map.of()).model()).isEqualTo(model.toString());
        TinyRuns.run(store.resume(run));
        RunResults.assertSame(run, whole);
        assertThat(run.resolve("run.json")).as("the recipe stays true").hasBinaryContent(recorded);

        Path out = temporary.resolve("out");
        assertThat(Exports.export(run, out, ExportFormat.PEFT)).hasSize(3);
        Path adapter = out.resolve("group-1/adapter_config.json");
        assertThat(adapter).content().contains(model.toString());
        Path third = Files.move(model, temporary.resolve("models/third"));
        String before = Files.readString(adapter);
        refused(() -> Exports.export(run, out, ExportFormat.PEFT), "base model", "gone from " + model, "--set model=", "craft");
        assertThat(adapter).as("the earlier export stays").hasContent(before);
        assertThat(Exports.export(run, temporary.resolve("own"), ExportFormat.CRAFT)).hasSize(3);
        refused(() -> Exports.export(run, out, ExportFormat.CRAFT, Map.of("model", third.toString())), "--set model", "peft");
        Exports.export(run, out, ExportFormat.PEFT, Map.of("model", third.toString()));
        assertThat(adapter).content().contains(third.toString());
        Files.writeString(third.resolve("config.json"), " ", StandardOpenOption.APPEND);
        refused(() -> Exports.export(run, out, ExportFormat.PEFT, Map.of("model", third.toString())),
                third.resolve("config.json") + " has changed", "not the base model");
    }

    @Test
    void otherFilesAndOtherOptionsAreRefusedByName() throws Exception {
        Path run = stopped(3);
        byte[] journal = Files.readAllBytes(run.resolve("events.jsonl"));
        refused(() -> store.resume(run, Map.of("training.epochs", "3")), "--set training.epochs=3", "model", "tasks");
        Path other = ResumeTest.copy(temporary.resolve("models/m"), temporary.resolve("models/other"));
        Files.writeString(other.resolve("config.json"), " ", StandardOpenOption.APPEND);
        Files.delete(other.resolve("tokenizer.json"));
        Files.writeString(other.resolve("extra.txt"), "x");
        refused(() -> store.resume(run, Map.of("model", other.toString())), other.resolve("config.json") + " has changed",
                other.resolve("tokenizer.json") + " is missing", other.resolve("extra.txt") + " was not there");
        String two = recipe.tasks().get(0) + "," + recipe.tasks().get(1);
        refused(() -> store.resume(run, Map.of("tasks", two)), "who, where, who-again", "given are who, where");
        Path copy = ResumeTest.copy(temporary.resolve("tiny"), temporary.resolve("copy"));
        Files.writeString(copy.resolve("where/train.jsonl"), "\n", StandardOpenOption.APPEND);
        List<String> moved = recipe.tasks().stream().map(t -> copy.resolve(Path.of(t).getFileName()).toString()).toList();
        refused(() -> RunStore.recipeInPlace(run, Map.of("tasks", String.join(",", moved))), copy.resolve("where/train.jsonl")
                + " has changed");
        Files.delete(run.resolve("provenance.json"));
        refused(() -> store.resume(run, Map.of("model", other.toString())), "no provenance.json", "begin a new run");
        assertThat(run.resolve("events.jsonl")).as("nothing has changed").hasBinaryContent(journal);
        assertThat(run.resolve("places.json")).doesNotExist();
        Files.writeString(run.resolve("places.json"), "{\"format\":");
        refused(() -> store.resume(run), "places.json is damaged", "--set model=");
    }
}
