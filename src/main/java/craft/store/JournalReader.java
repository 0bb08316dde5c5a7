package craft.store;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import craft.experiment.RunEvent;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32C;

/** Reads {@code events.jsonl} and trusts no line that its number and checksum do not confirm. */
final class JournalReader {
    private static final int BUFFER = 1 << 18;
    /** No event is nearly as long; a file without line feeds is not read into memory. */
    private static final int LONGEST = 1 << 26;

    private final ObjectReader reader;
    private final int buffer;
    private final int longest;

    JournalReader(ObjectMapper mapper) {
        this(mapper, BUFFER, LONGEST);
    }

    /** @param buffer bytes to begin with; @param longest bytes of the longest line that is read */
    JournalReader(ObjectMapper mapper, int buffer, int longest) {
        // a newer program may know more of an event: what this one knows is still worth showing
        // and one of an earlier program knows less; that no key is there twice the checksum says, and looking for it takes time
        this.reader = mapper.readerFor(RunEvent.class).without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .without(StreamReadFeature.STRICT_DUPLICATE_DETECTION).with(StreamReadFeature.USE_FAST_DOUBLE_PARSER);
        this.buffer = buffer;
        this.longest = longest;
    }

    /**
     * @param events what stands: where the run was resumed, without what is done again
     * @param lines good lines of the file, whether or not they still stand
     * @param bytes their length
     * @param torn the last line has no end: the program or the machine stopped while writing it, or is writing it now
     * @param damaged a line was not what had been written; everything from it on is left out
     */
    record Reading(List<RunEvent> events, long lines, long bytes, boolean torn, boolean damaged, List<String> remarks) {
    }

    /**
     * Reads it from its beginning, in memory for the events that stand and one line.
     *
     * @param steps false leaves out {@link RunEvent.StepDone}, by far the most events, which a list of runs needs not
     * @throws IOException when the file cannot be read; a missing one is an empty journal
     */
    Reading read(Path file, boolean steps) throws IOException {
        if (!Files.exists(file)) {
            return new Reading(List.of(), 0, 0, false, false, List.of());
        }
        Standing standing = new Standing();
        List<String> remarks = new ArrayList<>();
        try (JournalLines lines = new JournalLines(new FileInputStream(file.toFile()), buffer, longest)) {
            long line = 0;
            int unknown = 0;
            while (lines.next()) {
                JournalHead head = lines.tooLong() ? null : JournalHead.of(lines.bytes(), lines.from(), lines.to());
                String problem = problem(head, line + 1, lines);
                if (!problem.isEmpty()) {
                    remarks.add("Line " + (line + 1) + " of " + file + " " + problem + ". The " + line
                            + " events before it are kept; it and all after it are left out.");
                    return new Reading(standing.events(), line, lines.position(), false, true, remarks);
                }
                line++;
                if (steps || !head.step()) {
                    try {
                        standing.add(reader.readValue(lines.bytes(), head.event(), lines.to() - 1 - head.event()), line);
                    } catch (JacksonException e) { // it is as it was written, so by another version of the program
                        unknown++;
                    }
                }
            }
            if (unknown > 0) {
                remarks.add(unknown + " events of " + file
                        + " are of a kind that this version of the program does not know; they are left out.");
            }
            boolean torn = lines.rest() > 0;
            if (torn) {
                remarks.add("The last line of " + file + " was cut off (" + lines.rest()
                        + " bytes are there) and is left out. The " + line + " events before it are kept.");
            }
            return new Reading(standing.events(), line, lines.position(), torn, false, remarks);
        }
    }

    /** The events so far, without those that a resumption has left to be done again. */
    private static final class Standing {
        private final List<RunEvent> events = new ArrayList<>();
        private long[] lineOf = new long[64];

        void add(RunEvent event, long line) {
            int size = events.size();
            if (event instanceof RunEvent.RunResumed resumed) {
                while (size > 0 && lineOf[size - 1] > resumed.events()) {
                    size--;
                }
                events.subList(size, events.size()).clear();
            }
            if (size == lineOf.length) {
                lineOf = Arrays.copyOf(lineOf, 2 * size);
            }
            lineOf[size] = line;
            events.add(event);
        }

        List<RunEvent> events() {
            return Collections.unmodifiableList(events);
        }
    }

    /** The line ends with its event and one brace. */
    private static String problem(JournalHead head, long line, JournalLines lines) {
        if (head == null || head.event() >= lines.to() - 1 || lines.bytes()[lines.to() - 1] != '}') {
            return "is not a line of a journal";
        }
        if (head.number() != line) {
            return "has number " + head.number() + " instead of " + line;
        }
        CRC32C crc = new CRC32C();
        crc.update(lines.bytes(), head.event(), lines.to() - 1 - head.event());
        return (int) crc.getValue() == head.checksum() ? "" : "does not match its checksum";
    }
}
