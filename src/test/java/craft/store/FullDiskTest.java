package craft.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.error.Messages;
import craft.experiment.ExperimentRunner;
import craft.experiment.NotRecordedException;
import craft.experiment.Recipe;
import craft.experiment.RecipeReader;
import craft.experiment.RunEvent;
import craft.experiment.RunEvent.RunFailed.Fault;
import craft.experiment.RunState;
import craft.experiment.TinySequence;
import craft.ui.text.EndReasons;
import craft.ui.text.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs of a real, small model whose disk fills, at every event in turn: they end, say so, and go on once there is room. */
@Timeout(300)
class FullDiskTest {
    @TempDir
    static Path shared;
    private static Recipe recipe;
    private static Path whole;
    private static int events;
    @TempDir
    Path temporary;

    /** What can still be done once a line did not fit. */
    private enum Left {
        /** The half-written line can be taken back, and the end fits. */
        THE_END,
        /** Nothing more can be written. */
        NOTHING,
        /** And the half-written line stays. */
        HALF_A_LINE
    }

    /** From the n-th line on, the disk takes only some bytes of a line. */
    private static final class Full implements JournalFile {
        private final JournalFile file;
        private final int from;
        private final int fitting;
        private final Left left;
        private int lines;

        Full(Path path, int from, int fitting, Left left) throws IOException {
            this.file = JournalFile.onDisk(path);
            this.from = from;
            this.fitting = fitting;
            this.left = left;
        }

        @Override
        public void write(long at, byte[] bytes) throws IOException {
            lines++;
            if (lines < from || lines > from && left == Left.THE_END) {
                file.write(at, bytes);
                return;
            }
            file.write(at, Arrays.copyOf(bytes, Math.min(fitting, bytes.length - 1)));
            throw new IOException("No space left on device");
        }

        @Override
        public void truncate(long length) throws IOException {
            if (left == Left.HALF_A_LINE) {
                throw new IOException("Input/output error");
            }
            file.truncate(length);
        }

        @Override
        public void sync() throws IOException {
            file.sync();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    @BeforeAll
    static void uninterrupted() throws InterruptedException {
        TinySequence.write(shared.resolve("tiny"), 2);
        recipe = RecipeReader.read(shared.resolve("tiny"), Map.of("tasks", "who", "data.trainRows", "8", "data.testRows", "2",
                "engine.checkpointEvery", "1", "training.epochs", "1"));
        whole = run(new RunStore(shared.resolve("runs")).prepare(recipe), new ArrayList<>());
        events = RunStore.open(whole).events().size();
    }

    private RunStore store(JournalFile.Opener journals) {
        return new RunStore(temporary.resolve("runs"), Clock.systemUTC(), ExperimentRunner::new, journals);
    }

    private static Path run(RunSession session, List<RunEvent> heard) throws InterruptedException {
        RunFolder folder = new RunFolder(session.folder());
        session.addListener(event -> {
            if (Journal.ends(event)) {
                throw new AssertionError("a listener that fails");
            }
        });
        session.addListener(event -> {
            heard.add(event);
            if (Journal.ends(event)) {
                assertNotHeld(folder);
            }
        });
        session.control().start();
        session.control().await();
        assertNotHeld(folder);
        return session.folder();
    }

    private static void assertNotHeld(RunFolder folder) {
        try {
            assertThat(RunLock.isHeld(folder)).isFalse();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertEndedForTheDisk(List<RunEvent> heard, String... words) {
        assertThat(heard.stream().filter(Journal::ends)).as("one end").hasSize(1);
        assertThat(heard.get(heard.size() - 1)).isInstanceOfSatisfying(RunEvent.RunFailed.class, end -> {
            assertThat(end.fault()).isEqualTo(Fault.DISK);
            assertThat(end.message()).contains("cannot be recorded any more", "then resume the run to go on").contains(words)
                    .doesNotContain("Exception").doesNotContain("java.");
        });
    }

    private void filledAt(int event, int fitting, Left left) throws Exception {
        List<RunEvent> heard = new ArrayList<>();
        Path folder = run(store(path -> new Full(path, event, fitting, left)).prepare(recipe), heard);
        assertEndedForTheDisk(heard, "events.jsonl", "the disk is full");
        assertThat(heard).as("what is recorded, and the end").hasSize(event);
        RunRecord reopened = RunStore.open(folder);
        assertThat(reopened.status()).isEqualTo(RunState.Status.FAILED);
        assertThat(reopened.state().failedFromOutside()).isTrue();
        assertThat(reopened.state().endReason()).contains("disk", "full", "resume").doesNotContain("Exception");
        assertThat(reopened.events()).hasSize(event);
        if (left != Left.THE_END) {
            assertThat(EndReasons.inWords(reopened.state().endReason())).isEqualTo(Words.of("shell").get("end.unrecorded"));
        }
        run(store(JournalFile::onDisk).resume(folder), new ArrayList<>());
        RunResults.assertSame(folder, whole);
        assertThat(new RunFolder(folder).unrecorded()).doesNotExist();
    }

    @Test
    void aDiskThatFillsAtAnyEventEndsTheRunWhichGoesOnWhenThereIsRoom() throws Exception {
        Left[] left = Left.values();
        for (int event = 1; event <= events; event++) {
            filledAt(event, 37 * event % 200, left[event % left.length]);
        }
    }

    @ParameterizedTest
    @EnumSource(Left.class)
    void aDiskThatFillsAtTheVeryLastEventEndsTheRun(Left left) throws Exception {
        for (int fitting : new int[] {0, 1, 10_000}) { // nothing, a byte, all but the line feed
            filledAt(events, fitting, left);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"predictions", "interventions", "provenance.json/taken"})
    void whatElseCannotBeWrittenEndsTheRunToo(String part) throws Exception {
        RunStore store = store(JournalFile::onDisk);
        RunSession session = store.prepare(recipe);
        Path inTheWay = session.folder().resolve(part);
        Files.createDirectories(inTheWay.getParent());
        Files.writeString(inTheWay, "where something else should be");
        List<RunEvent> heard = new ArrayList<>();
        Path folder = run(session, heard);
        assertEndedForTheDisk(heard, folder.resolve(part.replace("/taken", "")).toString(), "Put that right");
        assertThat(RunStore.open(folder).events()).as("this end could be recorded").isEqualTo(heard);
        AtomicFiles.deleteTree(folder.resolve(part.replace("/taken", "")));
        run(store.resume(folder), new ArrayList<>());
        RunResults.assertSame(folder, whole);
    }

    @Test
    void noRunIsBegunOnAFullDisk() {
        RunStore store = store(path -> {
            throw new IOException("No space left on device");
        });
        assertThatThrownBy(() -> store.prepare(recipe)).isInstanceOf(NotRecordedException.class)
                .hasMessageContainingAll("No run can be kept", "the disk is full")
                .satisfies(e -> assertThat(Messages.forUser(e)).contains("disk is full"));
        assertThat(temporary.resolve("runs")).isEmptyDirectory();
    }
}
