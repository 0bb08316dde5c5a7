package craft.store;

import com.fasterxml.jackson.databind.ObjectMapper;
import craft.experiment.RunEvent;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
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
    /** Not a FileChannel: interrupting the thread that writes would close it, and with it the journal. */
    private final RandomAccessFile file;
    private final ObjectMapper mapper;
    private final Clock clock;
    private volatile long written;
    private boolean broken;

    private Journal(RandomAccessFile file, long written, ObjectMapper mapper, Clock clock) {
        this.file = file;
        this.written = written;
        this.mapper = mapper;
        this.clock = clock;
    }

    static Journal create(Path file, ObjectMapper mapper, Clock clock) throws IOException {
        Files.createFile(file); // never into a journal that is there
        return new Journal(new RandomAccessFile(file.toFile(), "rw"), 0, mapper, clock);
    }

    /**
     * Goes on with a journal that is there (or begins it); what follows its good lines, such as a line cut off, is removed.
     *
     * @param lines good lines; @param bytes their length
     */
    static Journal reopen(Path file, long lines, long bytes, ObjectMapper mapper, Clock clock) throws IOException {
        RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw");
        try {
            open.setLength(bytes);
            open.seek(bytes);
            return new Journal(open, lines, mapper, clock);
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
        file.getFD().sync();
    }

    /**
     * After a failure the half-written line is taken back and only an end is accepted, which may still fit on a full
     * disk: going on would leave a journal that looks whole and is not.
     */
    void append(RunEvent event) throws IOException {
        if (broken && !ends(event)) {
            throw new IOException("an earlier event could not be written");
        }
        String json = mapper.writeValueAsString(event);
        String line = "{\"seq\":" + (written + 1) + ",\"time\":\"" + clock.instant() + "\",\"crc\":\"" + crc(json)
                + "\",\"event\":" + json + "}\n";
        long before = file.getFilePointer();
        try {
            file.write(line.getBytes(StandardCharsets.UTF_8));
            if (worthForcing(event)) {
                file.getFD().sync();
            }
            written++;
        } catch (IOException e) {
            broken = true;
            try {
                file.setLength(before);
                file.seek(before);
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    static String crc(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return crc(bytes, 0, bytes.length);
    }

    /** CRC-32C, 8 lower-case hexadecimal digits. */
    static String crc(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
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
