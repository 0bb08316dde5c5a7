package craft.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.experiment.Json;
import craft.experiment.RunEvent;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    @TempDir
    Path folder;
    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("events.jsonl");
    }

    private void write(List<RunEvent> events) throws IOException {
        try (Journal journal = Journal.create(file, Json.mapper(), Clock.systemUTC())) {
            for (RunEvent event : events) {
                journal.append(event);
            }
        }
    }

    private JournalReader.Reading read() throws IOException {
        return new JournalReader(Json.mapper()).read(file, true);
    }

    @Test
    void everyKindOfEventComesBackEqual() throws IOException {
        List<RunEvent> events = Samples.everyEvent();
        assertThat(events.stream().map(Object::getClass).collect(Collectors.toSet()))
                .as("the sample has every kind of event").containsAll(kinds());
        write(events);
        JournalReader.Reading reading = read();
        assertThat(reading.events()).isEqualTo(events);
        assertThat(reading.remarks()).isEmpty();
        assertThat(Files.readAllLines(file)).hasSameSizeAs(events)
                .first().asString().startsWith("{\"seq\":1,\"time\":\"2").contains("\",\"crc\":\"");
    }

    private static List<Class<?>> kinds() {
        return Arrays.asList(RunEvent.class.getPermittedSubclasses());
    }

    @Test
    void stepsCanBeLeftOut() throws IOException {
        write(Samples.everyEvent());
        List<RunEvent> expected = Samples.everyEvent().stream().filter(e -> !(e instanceof RunEvent.StepDone)).toList();
        assertThat(new JournalReader(Json.mapper()).read(file, false).events()).isEqualTo(expected)
                .hasSize(Samples.everyEvent().size() - 2);
    }

    @Test
    void lastLineCutOffAnywhereIsDroppedAndReported() throws IOException {
        List<RunEvent> events = Samples.everyEvent();
        write(events);
        byte[] whole = Files.readAllBytes(file);
        int lastLine = lastLineStart(whole);
        for (int length = lastLine + 1; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            JournalReader.Reading reading = read();
            assertThat(reading.events()).isEqualTo(events.subList(0, events.size() - 1));
            assertThat(reading.torn()).isTrue();
            assertThat(reading.remarks()).singleElement().asString().contains("cut off", file.toString());
        }
    }

    private static int lastLineStart(byte[] bytes) {
        int i = bytes.length - 2;
        while (bytes[i] != '\n') {
            i--;
        }
        return i + 1;
    }

    @Test
    void anyChangedByteIsNoticedAndWhatIsBeforeItKept() throws IOException {
        List<RunEvent> events = List.of(Samples.started(), Samples.evaluated(0, 1, 0.4), new RunEvent.Note("끝"));
        write(events);
        byte[] whole = Files.readAllBytes(file);
        int line = 0;
        int column = 0;
        for (int i = 0; i < whole.length; i++) {
            byte[] changed = whole.clone();
            changed[i] ^= 4;
            Files.write(file, changed);
            JournalReader.Reading reading = read();
            if (reading.events().equals(events)) { // the time is not covered by the checksum
                assertThat(column).as("changed byte %d of line %d", column, line).isBetween(16, 50);
            } else {
                assertThat(reading.events()).isEqualTo(events.subList(0, line));
                assertThat(reading.remarks()).isNotEmpty();
                assertThat(reading.damaged() || reading.torn()).isTrue();
            }
            column++;
            if (whole[i] == '\n') {
                line++;
                column = 0;
            }
        }
    }

    @Test
    void missingLineInTheMiddleIsNoticed() throws IOException {
        write(Samples.everyEvent());
        List<String> lines = Files.readAllLines(file);
        lines.remove(4);
        Files.write(file, lines);
        JournalReader.Reading reading = read();
        assertThat(reading.events()).isEqualTo(Samples.everyEvent().subList(0, 4));
        assertThat(reading.remarks()).singleElement().asString().contains("Line 5", "number 6 instead of 5");
    }

    @Test
    void eventOfANewerProgramIsLeftOutAndReported() throws IOException {
        String unknown = "{\"event\":\"Teleported\",\"task\":1}";
        String more = "{\"event\":\"TaskStarted\",\"task\":1,\"mood\":\"good\"}";
        Files.writeString(file, line(1, unknown) + line(2, more));
        JournalReader.Reading reading = read();
        assertThat(reading.events()).containsExactly(new RunEvent.TaskStarted(1));
        assertThat(reading.remarks()).singleElement().asString().contains("does not know");
        assertThat(reading.damaged()).isFalse();
    }

    private static String line(int seq, String json) {
        return "{\"seq\":" + seq + ",\"time\":\"2026-05-01T00:00:00Z\",\"crc\":\"" + Journal.crc(json) + "\",\"event\":"
                + json + "}\n";
    }

    @Test
    void checksumIsCrc32c() {
        // check value of CRC-32C (RFC 3720) for the digits 1 to 9
        assertThat(Journal.crc("123456789")).isEqualTo("e3069283");
    }

    @Test
    void missingOrEmptyJournalHasNoEvents() throws IOException {
        assertThat(read().events()).isEmpty();
        Files.write(file, new byte[0]);
        assertThat(read().events()).isEmpty();
        assertThat(read().remarks()).isEmpty();
    }

    @Test
    void neverWritesIntoAJournalThatIsThere() throws IOException {
        Files.writeString(file, "precious", StandardCharsets.UTF_8);
        assertThatThrownBy(() -> write(List.of())).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(file).hasContent("precious");
    }

    @Test
    void interruptingTheWriterDoesNotCloseTheJournal() throws IOException {
        try (Journal journal = Journal.create(file, Json.mapper(), Clock.systemUTC())) {
            Thread.currentThread().interrupt();
            journal.append(Samples.started());
            journal.append(new RunEvent.RunInterrupted("Stopped"));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(read().events()).hasSize(2);
    }

    @Test
    void isReadWithAnyBuffer() throws IOException {
        write(Samples.everyEvent());
        byte[] whole = Files.readAllBytes(file);
        for (int length : new int[] {whole.length, whole.length - 1, whole.length - 200, lastLineStart(whole), 5, 1}) {
            Files.write(file, Arrays.copyOf(whole, length));
            JournalReader.Reading expected = read();
            for (int buffer : new int[] {1, 2, 3, 100, 127, 4096}) {
                assertThat(new JournalReader(Json.mapper(), buffer, 1 << 16).read(file, true)).isEqualTo(expected);
            }
        }
    }

    @Test
    void aLineLongerThanAnyEventIsDamageAndNotReadIntoMemory() throws IOException {
        write(List.of(Samples.started(), new RunEvent.Note("x".repeat(3000)), new RunEvent.TaskStarted(1)));
        JournalReader narrow = new JournalReader(Json.mapper(), 64, 2000);
        JournalReader.Reading reading = narrow.read(file, true);
        assertThat(reading.events()).containsExactly(Samples.started());
        assertThat(reading.damaged()).isTrue();
        int first = Files.readAllLines(file).get(0).getBytes(StandardCharsets.UTF_8).length;
        assertThat(reading.bytes()).isEqualTo(first + 1L);
        assertThat(reading.remarks()).singleElement().asString().contains("Line 2", "is not a line of a journal");
        Files.write(file, new byte[100_000]);
        assertThat(narrow.read(file, true)).satisfies(none -> {
            assertThat(none.torn()).isTrue();
            assertThat(none.remarks()).singleElement().asString().contains("100000 bytes");
        });
    }

    @Test
    void whatIsDoneAgainAfterAResumptionCountsOnce() throws IOException {
        write(List.of(Samples.started(), new RunEvent.TaskStarted(1), Samples.step(1), Samples.step(2), new RunEvent.RunResumed(3, "a"),
                Samples.step(2), new RunEvent.RunResumed(2, "b"), Samples.step(1), Samples.step(2)));
        assertThat(read().events()).containsExactly(Samples.started(), new RunEvent.TaskStarted(1), new RunEvent.RunResumed(2, "b"),
                Samples.step(1), Samples.step(2));
        assertThat(read().lines()).isEqualTo(9);
    }

    @Test
    void stepsUnderTheirOldNameAreLeftOutTooAndNothingElse() throws IOException {
        String old = Json.mapper().writeValueAsString(Samples.step(1)).replace("\"StepDone\"", "\"RunEvent$StepDone\"");
        String note = "{\"event\":\"Note\",\"message\":\"StepDone\"}";
        Files.writeString(file, line(1, old) + line(2, note));
        JournalReader.Reading reading = new JournalReader(Json.mapper()).read(file, false);
        assertThat(reading.events()).containsExactly(new RunEvent.Note("StepDone"));
        assertThat(reading.remarks()).isEmpty();
    }

    /** Each step's line carries a megabyte that this version does not know and skips. */
    @Test
    @Tag("heavy")
    void aJournalOfMoreThanTwoGigabytesIsRead() throws IOException {
        int lines = 2200;
        String pad = ",\"pad\":\"" + "x".repeat(1 << 20) + "\"}";
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            for (int i = 1; i <= lines; i++) {
                String step = Json.mapper().writeValueAsString(Samples.step(i));
                out.write(line(i, step.substring(0, step.length() - 1) + pad).getBytes(StandardCharsets.US_ASCII));
            }
            String last = line(lines + 1, Json.mapper().writeValueAsString(new RunEvent.TaskStarted(1)));
            out.write(last.getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(Files.size(file)).isGreaterThan(1L << 31);
        JournalReader.Reading reading = read();
        assertThat(reading.bytes()).isEqualTo(Files.size(file));
        assertThat(reading.events()).hasSize(lines + 1).last().isEqualTo(new RunEvent.TaskStarted(1));
        assertThat(reading.events().get(lines - 1)).isEqualTo(Samples.step(lines));
        assertThat(new JournalReader(Json.mapper()).read(file, false).events()).containsExactly(new RunEvent.TaskStarted(1));
    }
}
