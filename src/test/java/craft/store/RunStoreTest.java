package craft.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import craft.error.InvalidInputException;
import craft.experiment.Json;
import craft.experiment.Recipe;
import craft.experiment.RunArtifacts;
import craft.experiment.RunControl;
import craft.experiment.RunEvent;
import craft.experiment.RunListener;
import craft.experiment.RunState.Status;
import craft.task.Prediction;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunStoreTest {
    @TempDir
    Path temp;
    private Path root;
    private RunStore store;
    private final ByHand runner = new ByHand();
    private Instant now = Instant.parse("2026-05-06T07:08:09.123456Z");

    /** Sends the events it is told to send. */
    private static final class ByHand implements RunControl, RunSession.Runners {
        private RunListener journal;
        private RunArtifacts artifacts;

        @Override
        public RunControl make(Recipe recipe, RunListener listener, RunArtifacts keeps) {
            journal = listener;
            artifacts = keeps;
            return this;
        }

        void send(RunEvent... events) {
            for (RunEvent event : events) {
                journal.onEvent(event);
            }
        }

        @Override
        public void start() {
        }

        @Override
        public void pause() {
        }

        @Override
        public void resume() {
        }

        @Override
        public void stop() {
        }

        @Override
        public boolean running() {
            return false;
        }

        @Override
        public void await() {
        }
    }

    @BeforeEach
    void open() {
        root = temp.resolve("runs");
        store = new RunStore(root, new Clock() {
            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        }, runner);
    }

    private RunSession prepare(String name) {
        return store.prepare(Samples.recipe(name));
    }

    @Test
    void folderIsNamedByRunTimeAndSeedAndHoldsTheRecipe() throws IOException {
        RunSession session = prepare("My First / Run!");
        assertThat(session.folder().getParent()).isEqualTo(root);
        assertThat(session.folder().getFileName().toString()).matches("my-first-run-2026050[67]-\\d{4}09-s7");
        assertThat(RunStore.open(session.folder()).recipe()).isEqualTo(session.recipe());
        JsonNode environment = Json.mapper().readTree(session.folder().resolve("run.json").toFile())
                .path("environment");
        assertThat(environment.path("java").asText()).isEqualTo(System.getProperty("java.version"));
        assertThat(environment.path("djl").asText()).matches("\\d+\\.\\d+\\.\\d+");
        assertThat(environment.path("pytorch").asText()).startsWith("2.");
        assertThat(environment.path("processors").asInt()).isPositive();
        assertThat(prepare("My First / Run!").folder().getFileName().toString()).endsWith("-s7-2");
    }

    @Test
    void koreanNamesAndNamesOfNothingButSigns() {
        String korean = prepare("한국어/실험 №1").folder().getFileName().toString();
        // under a locale that cannot write Hangul only the digit is left
        assertThat(korean).matches("(한국어-실험-1|1)-2026.*");
        assertThat(prepare("/../").folder().getFileName().toString()).startsWith("run-2026");
        assertThat(prepare("가".repeat(400)).folder()).isDirectory();
        assertThat(store.list()).hasSize(3).extracting(RunSummary::name).contains("한국어/실험 №1", "/../");
    }

    @Test
    void wrongRecipeLeavesNoFolder() {
        assertThatThrownBy(() -> store.prepare(Samples.recipe("x").withTasks(List.of())))
                .isInstanceOf(InvalidInputException.class);
        RunStore failing = new RunStore(root, Clock.systemUTC(), (recipe, listener, artifacts) -> {
            throw new InvalidInputException("no runner");
        });
        assertThatThrownBy(() -> failing.prepare(Samples.recipe("x"))).hasMessage("no runner");
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void rootThatIsAFileIsRefused() throws IOException {
        Files.writeString(root, "a file");
        assertThatThrownBy(() -> prepare("x")).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(root.toString()).hasMessageContaining("Choose another folder");
        assertThatThrownBy(store::list).isInstanceOf(InvalidInputException.class).hasMessageContaining(root.toString());
    }

    @Test
    void missingRootIsAnEmptyList() {
        assertThat(store.list()).isEmpty();
        assertThat(root).doesNotExist();
    }

    @Test
    void finishedRunComesBackAsItWas() {
        RunSession session = prepare("First");
        List<RunEvent> heard = new ArrayList<>();
        session.addListener(heard::add);
        List<RunEvent> events = Samples.everyEvent().stream()
                .filter(e -> !(e instanceof RunEvent.RunInterrupted) && !(e instanceof RunEvent.RunFailed)).toList();
        runner.send(events.toArray(RunEvent[]::new));
        assertThat(heard).isEqualTo(events);
        RunRecord record = RunStore.open(session.folder());
        assertThat(record.events()).isEqualTo(events);
        assertThat(record.state().status()).isEqualTo(Status.FINISHED);
        assertThat(record.remarks()).isEmpty();
        assertThat(record.hasInterventions()).isFalse();
        RunSummary line = store.list().get(0);
        assertThat(line.status()).isEqualTo(Status.FINISHED);
        assertThat(line.method()).isEqualTo("CRAFT (this implementation)");
        assertThat(line.startedAt()).isEqualTo(now);
        assertThat(line.tasks()).isEqualTo(2);
        assertThat(line.tasksFinished()).isEqualTo(2);
        assertThat(line.op()).isEqualTo(0.75);
        assertThat(line.forgetting()).isCloseTo(0.2, org.assertj.core.data.Offset.offset(1e-12));
        assertThat(line.problem()).isEmpty();
    }

    @Test
    void journalHasAnEventBeforeAListenerAndAListenersFailureDoesNotMatter() {
        RunSession session = prepare("First");
        List<Integer> recorded = new ArrayList<>();
        session.addListener(event -> {
            throw new IllegalStateException("a broken view");
        });
        session.addListener(event -> recorded.add(RunStore.open(session.folder()).events().size()));
        runner.send(Samples.started(), new RunEvent.TaskStarted(1), Samples.step(1));
        assertThat(recorded).containsExactly(1, 2, 3);
    }

    @Test
    void runIsRunningWhileThisProgramHoldsItAndInterruptedOnceNobodyDoes() throws IOException {
        RunSession session = prepare("First");
        assertThat(store.list().get(0).status()).isEqualTo(Status.RUNNING);
        runner.send(Samples.started(), Samples.step(1));
        assertThat(RunStore.open(session.folder()).state().status()).isEqualTo(Status.RUNNING);
        assertThat(store.list().get(0).status()).isEqualTo(Status.RUNNING);
        runner.send(new RunEvent.RunPaused());
        assertThat(store.list().get(0).status()).isEqualTo(Status.PAUSED);

        // the same folder as a killed program leaves it
        Path killed = copy(session.folder(), root.resolve("killed"));
        RunRecord record = RunStore.open(killed);
        assertThat(record.state().status()).isEqualTo(Status.INTERRUPTED);
        assertThat(record.events()).hasSize(4).last()
                .isEqualTo(new RunEvent.RunInterrupted("The program ended before the run did. Resume the run to go on."));
        assertThat(store.list()).extracting(RunSummary::status)
                .containsExactlyInAnyOrder(Status.PAUSED, Status.INTERRUPTED);

        runner.send(new RunEvent.RunFailed("No memory", "trace"));
        assertThat(RunStore.open(session.folder()).state().status()).isEqualTo(Status.FAILED);
    }

    private static Path copy(Path from, Path to) throws IOException {
        Files.createDirectory(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        return to;
    }

    @Test
    void runThatAnotherProgramHoldsIsRunningAndInterruptedWhenThatIsKilled() throws Exception {
        RunSession session = prepare("First");
        runner.send(Samples.started());
        Path folder = copy(session.folder(), root.resolve("other"));
        Process other = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path") + java.io.File.pathSeparator + codeOf(RunStoreTest.class),
                LocksAndWaits.class.getName(), folder.resolve("run.lock").toString()).redirectErrorStream(true).start();
        try (BufferedReader out = new BufferedReader(
                new InputStreamReader(other.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(out.readLine()).isEqualTo("locked");
            assertThat(RunStore.open(folder).state().status()).isEqualTo(Status.RUNNING);
            Files.writeString(folder.resolve("events.jsonl"), "{\"seq\":2,\"ti", StandardOpenOption.APPEND);
            assertThat(RunStore.open(folder).remarks()).as("a line being written is no damage").isEmpty();
        } finally {
            other.destroyForcibly().waitFor();
        }
        RunRecord record = RunStore.open(folder);
        assertThat(record.state().status()).isEqualTo(Status.INTERRUPTED);
        assertThat(record.events()).hasSize(2);
        assertThat(record.remarks()).singleElement().asString().contains("cut off");
        RunLock.acquire(new RunFolder(folder)).close(); // the lock's file, which is left, stops nobody
    }

    private static String codeOf(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    }

    /** The other program: holds the lock until it is killed. */
    static final class LocksAndWaits {
        private LocksAndWaits() {
        }

        public static void main(String[] args) throws IOException {
            try (FileChannel channel = FileChannel.open(Path.of(args[0]), StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                System.out.println(lock.isValid() ? "locked" : "not locked");
                while (System.in.read() >= 0) { // until the parent is gone, should it die first
                    continue;
                }
            }
        }
    }

    @Test
    void askingForTheLockDoesNotLoseIt() throws IOException {
        RunSession session = prepare("First");
        store.list();
        RunStore.open(session.folder());
        assertThat(RunLock.isHeld(new RunFolder(session.folder()))).isTrue();
        assertThatThrownBy(() -> RunLock.acquire(new RunFolder(session.folder()))).isInstanceOf(IOException.class);
        runner.send(new RunEvent.RunInterrupted("Stopped by the user"));
        assertThat(RunLock.isHeld(new RunFolder(session.folder()))).isFalse();
        RunLock.acquire(new RunFolder(session.folder())).close();
    }

    @Test
    void newestRunFirstAndBrokenFoldersListedWithTheirProblem() throws IOException {
        Path old = prepare("Old").folder();
        now = now.plus(Duration.ofDays(400));
        Path recent = prepare("Recent").folder();
        Path broken = Files.createDirectory(root.resolve("broken"));
        Files.writeString(broken.resolve("run.json"), "{\"format\": \"craft-run\", ");
        Path strange = Files.createDirectories(root.resolve("strange").resolve("run.json")).getParent();
        Path headless = Files.createDirectory(root.resolve("headless"));
        Files.writeString(headless.resolve("events.jsonl"), "");
        Files.createDirectory(root.resolve("no run at all"));
        Files.writeString(root.resolve("notes.txt"), "not a folder");

        List<RunSummary> runs = store.list();
        assertThat(runs).filteredOn(r -> r.problem().isEmpty()).extracting(RunSummary::folder)
                .containsExactly(recent, old);
        assertThat(runs).filteredOn(r -> !r.problem().isEmpty()).extracting(RunSummary::folder)
                .containsExactlyInAnyOrder(broken, strange, headless);
        assertThat(runs).filteredOn(r -> !r.problem().isEmpty())
                .allSatisfy(r -> assertThat(r.problem()).contains(r.folder().toString()));
        assertThatThrownBy(() -> RunStore.open(broken)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("run.json");
        assertThatThrownBy(() -> RunStore.open(root.resolve("nowhere"))).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("is not the folder of a run");
    }

    @Test
    void eventsThatFitNoRunAreKeptUpToTheFirst() {
        RunSession session = prepare("First");
        runner.send(Samples.evaluated(0, 1, 0.5));
        RunRecord record = RunStore.open(session.folder());
        assertThat(record.events()).isEmpty();
        assertThat(record.remarks()).singleElement().asString().contains("does not fit");
        assertThat(store.list().get(0).problem()).isEmpty();
    }

    @Test
    void damagedJournalKeepsWhatIsBeforeAndSaysSo() throws IOException {
        RunSession session = prepare("First");
        runner.send(Samples.started(), Samples.step(1), Samples.step(2), new RunEvent.RunFinished(1, 1, 1));
        Path journal = session.folder().resolve("events.jsonl");
        Files.writeString(journal, Files.readString(journal).replaceFirst("12345.678", "12345.679"));
        RunRecord record = RunStore.open(session.folder());
        assertThat(record.events()).hasSize(2);
        assertThat(record.state().status()).isEqualTo(Status.INTERRUPTED);
        assertThat(record.state().endReason()).contains("damaged");
        assertThat(record.remarks()).singleElement().asString().contains("Line 2", "checksum");
    }

    @Test
    void runThatCannotBeRecordedIsStoppedAndItsEndStillHeard() throws IOException {
        List<RunEvent> heard = new ArrayList<>();
        RunFolder folder = new RunFolder(Files.createDirectories(root.resolve("run")));
        RunLock lock = RunLock.acquire(folder);
        Journal journal = Journal.create(folder.journal(), Json.mapper(), Clock.systemUTC());
        new RunSession(folder, Samples.recipe("x"), lock, journal, runner).addListener(heard::add);
        journal.close(); // every write fails from here on, as on a full disk
        assertThatThrownBy(() -> runner.send(Samples.started())).isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("cannot be recorded").hasMessageContaining("events.jsonl");
        assertThat(heard).isEmpty();
        RunEvent failed = new RunEvent.RunFailed("cannot be recorded", "");
        runner.send(failed);
        assertThat(heard).containsExactly(failed);
        assertThat(RunLock.isHeld(folder)).isFalse();
    }

    @Test
    void predictionsAreKeptAndReadWhenAsked() throws IOException {
        RunSession session = prepare("First");
        List<Prediction> some = List.of(new Prediction(1, "안녕\n\"x\"", "ham", "spam", null, 0),
                new Prediction(2, "b", "ham", "ham", "ham", 1));
        runner.artifacts.predictions(1, 2, some);
        RunRecord record = RunStore.open(session.folder());
        assertThat(record.predictions(1, 2)).isEqualTo(some);
        assertThat(record.predictions(1, 1)).isEmpty();
        assertThat(record.predictions(0, 1)).isEmpty();
        Path file;
        try (Stream<Path> files = Files.list(session.folder().resolve("predictions/after-1"))) {
            file = files.toList().get(0);
        }
        assertThat(file.getFileName().toString()).startsWith("02-").endsWith("topics.jsonl");
        Files.writeString(file, "{\"row\":", StandardOpenOption.APPEND);
        assertThatThrownBy(() -> record.predictions(1, 2)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("row 3");
    }

    @Test
    void logLikelihoodsComeBackToTheLastBitInTheirOrder() throws IOException {
        RunSession session = prepare("First");
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("spam", (double) -0.1f);
        values.put("ham", -1.0 / 3);
        values.put("정치 \"x\"", Double.NEGATIVE_INFINITY);
        values.put("a", -1e-300);
        Prediction kept = new Prediction(1, "b", "ham", "a", null, 0, values);
        values.clear();
        runner.artifacts.predictions(1, 2, List.of(kept));
        Prediction read = RunStore.predictions(session.folder(), 1, 2).get(0);
        assertThat(read).isEqualTo(kept);
        assertThat(read.logLikelihoods().keySet()).containsExactly("spam", "ham", "정치 \"x\"", "a");
        assertThatThrownBy(() -> read.logLikelihoods().put("x", 0.0)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void predictionsOfOtherVersionsAreRead() throws IOException {
        Path after = Files.createDirectories(prepare("First").folder().resolve("predictions/after-1"));
        Files.writeString(after.resolve("02-old.jsonl"), "{\"row\":3,\"text\":\"t\",\"expected\":\"ham\",\"predicted\":\"spam\","
                + "\"predictedUnion\":null,\"score\":0.0}\n{\"row\":4,\"text\":\"t\",\"expected\":\"ham\",\"predicted\":\"ham\","
                + "\"predictedUnion\":null,\"score\":1.0,\"mood\":\"good\"}\n");
        assertThat(RunStore.predictions(after.getParent().getParent(), 1, 2)).containsExactly(
                new Prediction(3, "t", "ham", "spam", null, 0), new Prediction(4, "t", "ham", "ham", null, 1));
    }

    @Test
    void predictionsAndRecipeAreReadWithoutTheJournal() throws IOException {
        RunSession session = prepare("First");
        List<Prediction> some = List.of(new Prediction(1, "a", "ham", "spam", null, 0));
        runner.artifacts.predictions(1, 2, some);
        Path journal = session.folder().resolve("events.jsonl");
        Files.delete(journal);
        Files.createDirectory(journal); // which nobody can read
        assertThatThrownBy(() -> RunStore.open(session.folder())).isInstanceOf(InvalidInputException.class);
        assertThat(RunStore.predictions(session.folder(), 1, 2)).isEqualTo(some);
        assertThat(RunStore.recipe(session.folder())).isEqualTo(session.recipe());
        assertThatThrownBy(() -> RunStore.predictions(temp, 1, 2)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("is not the folder of a run");
    }

    @Test
    void provenanceHasTheHashesOfModelAndData() throws IOException {
        Path model = Files.createDirectory(temp.resolve("model"));
        Files.writeString(model.resolve("config.json"), "abc");
        Path task = Files.createDirectory(temp.resolve("task"));
        Files.write(task.resolve("train.jsonl"), new byte[0]);
        RunSession session = store.prepare(Samples.recipe("x", model.toString(),
                List.of(task.toString(), temp.resolve("gone").toString())));
        runner.send(Samples.started());
        JsonNode written = Json.mapper().readTree(session.folder().resolve("provenance.json").toFile());
        assertThat(written.path("model").path("config.json").asText()) // FIPS 180-2, example B.1
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(written.path("tasks").path(task.toString()).path("train.jsonl").asText())
                .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assertThat(written.path("problems").toString()).contains("gone");
    }
}
