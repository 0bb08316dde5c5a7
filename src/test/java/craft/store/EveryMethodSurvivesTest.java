package craft.store;

import static org.assertj.core.api.Assertions.assertThat;

import craft.experiment.Recipe;
import craft.experiment.RunControl;
import craft.experiment.RunEvent;
import craft.experiment.RunEvent.StepDone;
import craft.experiment.RunState;
import craft.experiment.TinySequence;
import craft.intervention.AdapterFiles;
import craft.method.Methods;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every registered method, ended at every kind of moment and gone on with: adapters, predictions, matrix and the events' numbers
 * are to the last bit those of a run that was left alone. Prints the table.
 */
@Timeout(600)
class EveryMethodSurvivesTest {
    /** One method of each kind of adapter, for the ordinary build: LoReFT, LoRA, LoRA with experts. */
    private static final List<String> KILLED = List.of("craft", "sequential", "moe-lora");

    @TempDir
    Path temporary;
    private final Map<String, Map<Moment, String>> table = new LinkedHashMap<>();

    /** When it ends. */
    private enum Moment {
        WITHIN_A_TASK, AT_A_TASKS_END, AT_EVERY_STEP_AND_STAGE, KILLED;

        String title() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** Makes a run of a method that is ended at a moment, goes on with it, and gives its folder. */
    private interface Course {
        Path run(RunStore store, Recipe recipe, Path whole) throws Exception;
    }

    @Test
    void everyMethodStoppedOrKilledEndsAsIfNothingHadHappened() throws Exception {
        Path tiny = TinySequence.write(temporary.resolve("tiny"));
        for (String method : Methods.types()) {
            Path whole = whole(tiny, method);
            isReadBackAsItIs(whole, method);
            tried(method, Moment.WITHIN_A_TASK, tiny, whole, (store, recipe, of) ->
                    goneOnWith(store, TinyRuns.stopped(store, recipe, within(of))));
            tried(method, Moment.AT_A_TASKS_END, tiny, whole, (store, recipe, of) ->
                    goneOnWith(store, TinyRuns.stopped(store, recipe, e -> e instanceof RunEvent.TaskFinished t && t.task() == 1)));
            tried(method, Moment.AT_EVERY_STEP_AND_STAGE, tiny, whole, (store, recipe, of) -> stoppedEverywhere(store, recipe));
            if (KILLED.contains(method)) {
                tried(method, Moment.KILLED, tiny, whole, (store, recipe, of) -> killed(store, tiny, method, of));
            }
        }
        report();
    }

    @Test
    @Tag("heavy")
    void everyMethodKilledEndsAsIfNothingHadHappened() throws Exception {
        Path tiny = TinySequence.write(temporary.resolve("tiny"));
        for (String method : Methods.types()) {
            tried(method, Moment.KILLED, tiny, whole(tiny, method), (store, recipe, of) -> killed(store, tiny, method, of));
        }
        report();
    }

    private Path whole(Path tiny, String method) throws InterruptedException {
        RunSession session = new RunStore(temporary.resolve("whole")).prepare(TinyRuns.recipe(tiny, method));
        TinyRuns.run(session);
        assertThat(RunStore.open(session.folder()).state().status()).as(method).isEqualTo(RunState.Status.FINISHED);
        return session.folder();
    }

    private void tried(String method, Moment moment, Path tiny, Path whole, Course course) throws Exception {
        String result = "equal";
        try {
            Path run = course.run(new RunStore(temporary.resolve(moment.name())), TinyRuns.recipe(tiny, method), whole);
            assertThat(RunStore.open(run).state().notes()).noneMatch(note -> note.contains("cannot be used"));
            RunResults.assertSame(run, whole);
        } catch (AssertionError e) {
            result = "different: " + e.getMessage().strip().lines().limit(12).reduce("", (a, b) -> a + " " + b.strip());
        }
        table.computeIfAbsent(method, m -> new EnumMap<>(Moment.class)).put(moment, result);
    }

    private void report() {
        StringBuilder text = new StringBuilder(String.format("%-12s", "method"));
        for (Moment moment : Moment.values()) {
            text.append(String.format(" | %-24s", moment.title()));
        }
        table.forEach((method, results) -> {
            text.append(String.format("%n%-12s", method));
            for (Moment moment : Moment.values()) {
                text.append(String.format(" | %-24s", results.getOrDefault(moment, "-")));
            }
        });
        System.out.println(text);
        assertThat(table.keySet()).containsExactlyElementsOf(Methods.types());
        assertThat(table.values()).allSatisfy(results -> assertThat(results.values()).containsOnly("equal"));
    }

    /** The last step but one of all: in the second task where it is trained. A method without steps is stopped while it is scored. */
    private static Predicate<RunEvent> within(Path whole) {
        List<StepDone> steps = RunStore.open(whole).state().steps();
        int at = steps.size() - 1;
        return at < 1 ? e -> e instanceof RunEvent.TaskEvaluated t && t.after() == 1 && t.task() == 1
                : e -> e instanceof StepDone step && step.runStep() == at;
    }

    private static Path goneOnWith(RunStore store, Path run) throws InterruptedException {
        assertThat(RunStore.open(run).state().status()).isEqualTo(RunState.Status.INTERRUPTED);
        TinyRuns.run(store.resume(run));
        return run;
    }

    /**
     * Stopped after every step and as every stage begins (warm-up, routing, tuning, merging, scoring), and gone on with each time: as
     * many sessions as there are such moments.
     */
    private static Path stoppedEverywhere(RunStore store, Recipe recipe) throws InterruptedException {
        Set<String> done = new HashSet<>();
        RunSession session = store.prepare(recipe);
        for (int sessions = 1;; sessions++) {
            assertThat(sessions).as("it comes to its end").isLessThan(200);
            TinyRuns.run(session, oneNew(done));
            if (RunStore.open(session.folder()).state().status() == RunState.Status.FINISHED) {
                return session.folder();
            }
            session = store.resume(session.folder());
        }
    }

    /** Stops at the first moment that is not in {@code done}, and puts it there. */
    private static BiConsumer<RunEvent, RunControl> oneNew(Set<String> done) {
        boolean[] stopping = {false};
        return (event, control) -> {
            String moment = event instanceof StepDone s ? "step " + s.runStep()
                    : event instanceof RunEvent.StageStarted s && s.stage() != RunEvent.Stage.PREPARE ? s.task() + " begins " + s.stage()
                    : event instanceof RunEvent.Merged m ? m.task() + " merged" : "";
            if (!stopping[0] && !moment.isEmpty() && done.add(moment)) {
                stopping[0] = true;
                if (event instanceof StepDone) {
                    control.stop();
                } else {
                    control.stopNow(); // wherever it is: what the last checkpoint lacks is done again
                }
            }
        };
    }

    /** A process of its own, killed without warning within a task. */
    private Path killed(RunStore store, Path tiny, String method, Path whole) throws Exception {
        List<RunEvent> events = RunStore.open(whole).events();
        Predicate<RunEvent> moment = within(whole);
        int at = 0;
        while (!moment.test(events.get(at))) {
            at++;
        }
        Path root = Files.createDirectories(temporary.resolve("killed-" + method));
        Path log = temporary.resolve("killed-" + method + ".log");
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "-Dcraft.home=" + Path.of("").toAbsolutePath(), "-Dai.djl.offline=true", KilledRun.class.getName(), tiny.toString(), method,
                root.toString(), Integer.toString(at)).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        while (process.isAlive() && Files.notExists(root.resolve(KilledRun.THERE))) {
            process.waitFor(5, TimeUnit.MILLISECONDS);
        }
        assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
        process.destroyForcibly().waitFor();
        Path run;
        try (Stream<Path> all = Files.list(root)) {
            run = all.filter(Files::isDirectory).findFirst().orElseThrow();
        }
        assertThat(RunStore.open(run).state().status()).isEqualTo(RunState.Status.INTERRUPTED);
        assertThat(RunStore.open(run).state().matrix().trained().length).isPositive();
        List<RunEvent> heard = TinyRuns.run(store.resume(run));
        assertThat(heard).as("it goes on from a checkpoint").anyMatch(e -> e instanceof RunEvent.RunResumed r && !r.checkpoint().isEmpty());
        return run;
    }

    /** What the newest files say of each group is what the method trained, in class and number, and can be written as it was read. */
    private void isReadBackAsItIs(Path whole, String method) throws IOException {
        Path kept = whole.resolve("interventions/after-3");
        boolean trains = !RunStore.open(whole).state().steps().isEmpty();
        assertThat(Files.exists(kept)).as(method).isEqualTo(trains);
        if (trains) {
            AdapterFiles.Contents contents = AdapterFiles.read(kept);
            assertThat(contents.groups()).isNotEmpty();
            Path again = Files.createDirectories(temporary.resolve("again").resolve(method));
            AdapterFiles.write(again, contents);
            for (String file : List.of(AdapterFiles.DESCRIPTION, AdapterFiles.TENSORS)) {
                assertThat(again.resolve(file)).hasSameBinaryContentAs(kept.resolve(file));
            }
        }
    }
}
