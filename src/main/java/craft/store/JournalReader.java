package craft.store;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import craft.experiment.RunEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code events.jsonl} and trusts no line that its number and checksum do not confirm. */
final class JournalReader {
    /** What stands before the event; it is shorter than {@link #HEAD_BYTES}. */
    private static final Pattern HEAD = Pattern.compile(
            "\\{\"seq\":(\\d{1,18}),\"time\":\"[0-9TZ:.+-]{1,40}\",\"crc\":\"([0-9a-f]{8})\",\"event\":");
    private static final int HEAD_BYTES = 128;
    private static final Pattern STEP = Pattern.compile("\\{\"event\":\"[\\w.$]*StepDone\"");

    private final ObjectReader reader;

    JournalReader(ObjectMapper mapper) {
        // a newer program may know more of an event: what this one knows is still worth showing
        // and one of an earlier program knows less
        reader = mapper.readerFor(RunEvent.class).without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);
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
     * @param steps false leaves out {@link RunEvent.StepDone}, by far the most events, which a list of runs needs not
     * @throws IOException when the file cannot be read; a missing one is an empty journal
     */
    Reading read(Path file, boolean steps) throws IOException {
        List<RunEvent> events = new ArrayList<>();
        List<Long> lineOf = new ArrayList<>();
        List<String> remarks = new ArrayList<>();
        if (!Files.exists(file)) {
            return new Reading(events, 0, 0, false, false, remarks);
        }
        byte[] bytes = Files.readAllBytes(file);
        long line = 0;
        int unknown = 0;
        int start = 0;
        for (int end = lineEnd(bytes, start); end < bytes.length; start = end + 1, end = lineEnd(bytes, start)) {
            line++;
            Matcher head = HEAD.matcher(ascii(bytes, start, end));
            int event = head.lookingAt() ? start + head.end() : end;
            String problem = problem(head, line, bytes, event, end);
            if (!problem.isEmpty()) {
                remarks.add("Line " + line + " of " + file + " " + problem + ". The " + (line - 1)
                        + " events before it are kept; it and all after it are left out.");
                return new Reading(events, line - 1, start, false, true, remarks);
            }
            if (steps || !STEP.matcher(ascii(bytes, event, end)).lookingAt()) {
                try {
                    RunEvent read = reader.readValue(bytes, event, end - 1 - event);
                    if (read instanceof RunEvent.RunResumed resumed) {
                        while (!events.isEmpty() && lineOf.get(events.size() - 1) > resumed.events()) {
                            lineOf.remove(events.size() - 1);
                            events.remove(events.size() - 1);
                        }
                    }
                    events.add(read);
                    lineOf.add(line);
                } catch (JacksonException e) { // it is as it was written, so by another version of the program
                    unknown++;
                }
            }
        }
        if (unknown > 0) {
            remarks.add(unknown + " events of " + file
                    + " are of a kind that this version of the program does not know; they are left out.");
        }
        boolean torn = start < bytes.length;
        if (torn) {
            remarks.add("The last line of " + file + " was cut off (" + (bytes.length - start)
                    + " bytes are there) and is left out. The " + line + " events before it are kept.");
        }
        return new Reading(events, line, start, torn, false, remarks);
    }

    /** The beginning of a part, enough to tell what it is; the rest, which may be any text, is not decoded. */
    private static String ascii(byte[] bytes, int start, int end) {
        return new String(bytes, start, Math.min(end - start, HEAD_BYTES), StandardCharsets.US_ASCII);
    }

    /** @param event where the event begins; the line ends with it and one brace */
    private static String problem(Matcher head, long line, byte[] bytes, int event, int end) {
        if (event >= end - 1 || bytes[end - 1] != '}') {
            return "is not a line of a journal";
        }
        if (Long.parseLong(head.group(1)) != line) {
            return "has number " + head.group(1) + " instead of " + line;
        }
        return Journal.crc(bytes, event, end - 1 - event).equals(head.group(2)) ? "" : "does not match its checksum";
    }

    /** Index of the next line feed, or the length of the file. */
    private static int lineEnd(byte[] bytes, int from) {
        int i = from;
        while (i < bytes.length && bytes[i] != '\n') {
            i++;
        }
        return i;
    }
}
