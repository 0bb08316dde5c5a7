package craft.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.error.InvalidInputException;
import craft.lm.oracle.TinyModels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files and folders that are something else than they should be are called by what they are. */
class WrongContentTest {
    private static final String POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 1045408\n";
    private static final String PAGE = "<!doctype html><html><head><title>Sign in</title></head></html>";

    @TempDir
    Path temp;
    private Path folder;

    @BeforeEach
    void aGoodModel() throws IOException {
        folder = TinyModels.llama().write(temp.resolve("tiny"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.json", "tokenizer.json", "model.safetensors"})
    void pointersPagesAndCopiedLinksAreNamed(String name) throws IOException {
        write(name, POINTER);
        refused(name, "Git LFS pointer", "git lfs pull");
        write(name, PAGE);
        refused(name, "web page (HTML)", "Download it again");
        write(name, "../../blobs/abababab");
        refused(name, "link that was copied as a text", "../../blobs/abababab", "leads nowhere");
        write(name, "../there\n");
        write("../there", "x");
        refused(name, "\"../there\"", "the file meant");
        Files.delete(folder.resolve(name));
        Files.createSymbolicLink(folder.resolve(name), Path.of("../../blobs/cdcd"));
        refused(name, "link that leads nowhere", "../../blobs/cdcd");
    }

    @ParameterizedTest
    @CsvSource({"GGUF\3 and more, GGUF cannot be read yet", "Entry not found, is a text", "'{\"error\": \"gone\"}', is a text",
        "PK\3\4 an archive of PyTorch, pickle"})
    void otherKindsOfWeightsAreNamed(String content, String said) throws IOException {
        Files.write(folder.resolve("model.safetensors"), content.getBytes(StandardCharsets.ISO_8859_1));
        refused("model.safetensors", said);
    }

    @Test
    void packedWeightsAreNamed() throws IOException {
        Files.write(folder.resolve("model.safetensors"), new byte[] {0x1f, (byte) 0x8b, 8, 0, 1, 2, 3, 4, 5, 6});
        refused("model.safetensors", "packed with gzip");
    }

    @Test
    void aHeaderThatIsAsLongAsALetterIsNoText() throws IOException {
        Files.write(folder.resolve("model.safetensors"), new byte[] {'<', 0, 0, 0, 0, 0, 0, 0, '{', '}'});
        refused("model.safetensors", "cut off");
    }

    @Test
    void theCacheOfADownloadNamesItsSnapshot() throws IOException {
        Path cache = temp.resolve("models--some--tiny stories");
        Path snapshot = cache.resolve("snapshots/0123abcd");
        Files.createDirectories(snapshot);
        Files.createDirectories(cache.resolve("refs"));
        for (String name : new String[] {"config.json", "tokenizer.json", "model.safetensors"}) {
            Files.createDirectories(cache.resolve("blobs"));
            Files.move(folder.resolve(name), cache.resolve("blobs").resolve(name));
            Files.createSymbolicLink(snapshot.resolve(name), Path.of("../../blobs").resolve(name));
        }
        Files.writeString(cache.resolve("refs/main"), "0123abcd");
        refusedFolder(cache, "cache of a download", snapshot.toString());
        refusedFolder(cache.resolve("snapshots"), "a model below it", snapshot.toString());
        ModelFolder.open(snapshot).close();
    }

    @Test
    void adaptersAndGgufAreNoModels() throws IOException {
        Path adapter = Files.createDirectory(temp.resolve("adapter"));
        Files.writeString(adapter.resolve("adapter_config.json"), "{\"base_model_name_or_path\": \"some/base\"}");
        refusedFolder(adapter, "adapter of PEFT, not a model", "some/base");
        Path gguf = Files.createDirectory(temp.resolve("gguf"));
        Files.writeString(gguf.resolve("m.Q4_0.gguf"), "GGUF");
        refusedFolder(gguf, "GGUF files cannot be read yet");
        refusedFolder(gguf.resolve("m.Q4_0.gguf"), "GGUF file, which cannot be read yet");
    }

    @Test
    void aByteOrderMarkIsPassedOver() throws IOException {
        int[] plain = prompt();
        for (String name : new String[] {"config.json", "tokenizer.json"}) {
            write(name, "\uFEFF" + Files.readString(folder.resolve(name)));
        }
        assertThat(prompt()).isEqualTo(plain);
        String text = Files.readString(folder.resolve("tokenizer.json"));
        Files.write(folder.resolve("tokenizer.json"), text.getBytes(StandardCharsets.UTF_16LE));
        assertThat(prompt()).isEqualTo(plain);
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.json", "tokenizer.json"})
    void whatIsNoUtf8IsSaidSo(String name) throws IOException {
        Files.write(folder.resolve(name), "{\"a\": \"\u00e4\u00f6\u00fc\"}".getBytes(StandardCharsets.ISO_8859_1));
        refused(name, "not UTF-8 text");
    }

    /** As JSON alone these pass; the tokenizer's own reader refuses them. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"\"type\": \"BPE\" | \"type\": \"BPF\"", "\"vocab\": | \"vocabulary\":"})
    void aDamagedTokenizerIsRefusedInPlainWords(String before, String after) throws IOException {
        String text = Files.readString(folder.resolve("tokenizer.json"));
        assertThat(text).contains(before);
        write("tokenizer.json", text.replace(before, after));
        assertThatThrownBy(() -> Tokens.load(folder.resolve("tokenizer.json"))).isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("tokenizer.json", "damaged, missing or of an unknown kind").hasMessageNotContaining("untagged");
    }

    /** At each of these the tokenizers library ends the whole program instead of refusing. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "\"id\": \"<s>\", \"ids\" | \"id\": \"<s>\", \"idz\" | explains a token of its template",
        "\"special_tokens\": {\"<s>\" | \"special_tokens\": {\"<t>\" | does not say what that is",
        "{\"id\": \"A\", | {\"id\": \"B\", | asks for two texts",
        "\"stop\": 0 | \"stop\": 1 | strips the ends",
        "\"stop\": 0 | \"stop\": 1e999 | too large",
        "\"type\": \"Fuse\" | \"type\": \"\\ud800\" | half of a character",
        "{\"String\": \" \"} | {\"String\": \"\"} | empty pattern",
        "{\"type\": \"Prepend\", | {\"type\": \"Precompiled\", \"precompiled_charsmap\": \"AAAA\", | table of characters is damaged",
        "\"pre_tokenizer\": null | \"pre_tokenizer\": {\"type\": \"FixedLength\", \"length\": 0} | no length",
        "\"dropout\": null | \"dropout\": 0.5 | by chance",
        "\"continuing_subword_prefix\": null | \"continuing_subword_prefix\": \"###\" | does not begin with"})
    void whatWouldEndTheProgramIsRefused(String before, String after, String said) throws IOException {
        String text = Files.readString(folder.resolve("tokenizer.json"));
        assertThat(text).contains(before);
        write("tokenizer.json", text.replace(before, after));
        refused("tokenizer.json", said);
    }

    @Test
    void aDecoderThatIsNestedTooDeeplyIsRefused() throws IOException {
        String text = Files.readString(folder.resolve("tokenizer.json"));
        write("tokenizer.json", text.replace("\"decoder\": ", "\"decoder\": " + "[".repeat(200) + "]".repeat(200) + ", \"d\": "));
        refused("tokenizer.json", "nested too deeply");
    }

    @Test
    void jsonThatIsNestedTooDeeplyIsRefused() throws IOException {
        write("config.json", "{\"a\":".repeat(5000) + "1" + "}".repeat(5000));
        refused("config.json", "nested too deeply");
        write("config.json", "{\"hidden_size\": NaN}");
        refused("config.json", "NaN is no JSON value");
    }

    private int[] prompt() {
        try (ModelFolder opened = ModelFolder.open(folder); Tokens tokens = Tokens.load(opened.tokenizer())) {
            return tokens.prompt("Once upon a time");
        }
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    private void refused(String name, String... parts) {
        refusedFolder(folder, parts);
        assertThatThrownBy(() -> ModelFolder.open(folder)).hasMessageContaining(name).hasMessageNotContaining("Exception")
                .hasMessageNotContaining("java.").hasMessageNotContaining("Source:");
    }

    private static void refusedFolder(Path folder, String... parts) {
        assertThatThrownBy(() -> ModelFolder.open(folder)).isInstanceOf(InvalidInputException.class).hasMessageContainingAll(parts);
    }
}
