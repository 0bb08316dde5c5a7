package craft.store;

import com.fasterxml.jackson.databind.ObjectMapper;
import craft.experiment.RunEvent;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * Appends events to {@code events.jsonl}, one line each:
 * {@code {"seq":1,"time":"...","crc":"xxxxxxxx","event":{...}}}, where crc is the CRC-32C of the event's JSON text.
 * Each line is handed to the operating system at once, so that it survives the end of the program; where losing it to a
 * power cut would hurt, it is forced to disk.
 */
final class Journal implements Closeable {
    private final JournalFile file;
    private final ObjectMapper mapper;
    private final Clock clock;
    private volatile long written;
    private long length; // bytes of the lines written
    private IOException broken; // why a line could not be written, or null

    private Journal(JournalFile file, long written, long length, ObjectMapper mapper, Clock clock) {
        this.file = file;
        this.written = written;
        this.length = length;
        this.mapper = mapper;
        this.clock = clock;
    }

    static Journal create(Path file, ObjectMapper mapper, Clock clock) throws IOException {
        return create(file, JournalFile::onDisk, mapper, clock);
    }

    static Journal create(Path file, JournalFile.Opener opener, ObjectMapper mapper, Clock clock) throws IOException {
        Files.createFile(file); // never into a journal that is there
        return new Journal(opener.open(file), 0, 0, mapper, clock);
    }

    /**
     * Goes on with a journal that is there (or begins it); what follows its good lines, such as a line cut off, is removed.
     *
     * @param lines good lines; @param bytes their length
     */
    static Journal reopen(Path file, long lines, long bytes, ObjectMapper mapper, Clock clock) throws IOException {
        JournalFile open = JournalFile.onDisk(file);
        try {
            open.truncate(bytes);
            return new Journal(open, lines, bytes, mapper, clock);
        } catch (IOException e) {
            open.close();
            throw e;
        }
    }

    /** Lines there are. */
    long written() {
        return written;
    }

    /** Makes everything written survive a power cut. */
    void force() throws IOException {
        file.sync();
    }

    /**
     * After a failure the half-written line is taken back and only an end is accepted, which may still fit on a full
     * disk: going on would leave a journal that looks whole and is not.
     */
    void append(RunEvent event) throws IOException {
        if (broken != null && !ends(event)) {
            throw new IOException(broken.getMessage(), broken);
        }
        String json = mapper.writeValueAsString(event);
        byte[] line = ("{\"seq\":" + (written + 1) + ",\"time\":\"" + clock.instant() + "\",\"crc\":\"" + crc(json)
                + "\",\"event\":" + json + "}\n").getBytes(StandardCharsets.UTF_8);
        try {
            if (broken != null) { // it may not have been possible before
                file.truncate(length);
            }
            file.write(length, line);
            if (worthForcing(event)) {
                file.sync();
            }
        } catch (IOException e) {
            broken = e;
            takeBack(e);
            throw e;
        }
        length += line.length;
        written++;
    }

    private void takeBack(IOException problem) {
        try {
            file.truncate(length);
        } catch (IOException e) { // then the file ends in a line cut off, which a reader leaves out
            problem.addSuppressed(e);
        }
    }

    /** CRC-32C of the text in UTF-8, 8 lower-case hexadecimal digits. */
    static String crc(String json) {
        CRC32C crc = new CRC32C();
        crc.update(json.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }

    static boolean ends(RunEvent event) {
        return event instanceof RunEvent.RunFinished || event instanceof RunEvent.RunInterrupted
                || event instanceof RunEvent.RunFailed;
    }

    private static boolean worthForcing(RunEvent event) {
        return ends(event) || event instanceof RunEvent.RunStarted || event instanceof RunEvent.StageFinished
                || event instanceof RunEvent.TaskFinished || event instanceof RunEvent.RunPaused
                || event instanceof RunEvent.RunResumed;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
