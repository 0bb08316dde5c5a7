package craft.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.error.InvalidInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTensorsTest {
    @TempDir
    Path folder;

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        TreeMap<String, FloatTensor> tensors = new TreeMap<>();
        tensors.put("b", new FloatTensor(new long[] {2, 3},
                new float[] {1, -2, 3.5f, Float.MIN_VALUE, Float.NaN, -0f}));
        tensors.put("a", new FloatTensor(new long[0], new float[] {42}));
        tensors.put("한글 \"x\"", new FloatTensor(new long[] {0, 7}, new float[0]));
        Path file = folder.resolve("t.safetensors");
        SafeTensors.write(file, tensors, Map.of("format", "pt", "a", "é\n"));

        try (SafeTensors read = SafeTensors.open(file)) {
            assertThat(read.names()).containsExactlyInAnyOrder("a", "b", "한글 \"x\"");
            assertThat(read.metadata()).containsExactlyInAnyOrderEntriesOf(Map.of("format", "pt", "a", "é\n"));
            for (Map.Entry<String, FloatTensor> tensor : tensors.entrySet()) {
                TensorEntry entry = read.entry(tensor.getKey());
                assertThat(entry.dtype()).isEqualTo(DType.F32);
                assertThat(new FloatTensor(entry.shape(), read.floats(tensor.getKey()))).isEqualTo(tensor.getValue());
            }
        }
    }

    @Test
    void writingIsDeterministicAndAligned() throws IOException {
        for (int n = 0; n < 9; n++) { // names of every length modulo 8
            TreeMap<String, FloatTensor> tensors = new TreeMap<>();
            tensors.put("x".repeat(n + 1), new FloatTensor(new long[] {1}, new float[] {n}));
            Path one = folder.resolve("one");
            Path two = folder.resolve("two");
            SafeTensors.write(one, tensors, Map.of("b", "2", "a", "1", "c", "3"));
            SafeTensors.write(two, tensors, Map.of("c", "3", "b", "2", "a", "1"));
            byte[] bytes = Files.readAllBytes(one);
            assertThat(bytes).isEqualTo(Files.readAllBytes(two));
            assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong() % 8).isZero();
        }
    }

    @Test
    void aTensorLargerThanTheWritersChunkSurvives() throws IOException {
        float[] data = new float[200_001];
        for (int i = 0; i < data.length; i++) {
            data[i] = i;
        }
        Path file = folder.resolve("t.safetensors");
        SafeTensors.write(file, new TreeMap<>(Map.of("x", new FloatTensor(new long[] {data.length}, data))), Map.of());
        assertThat(SafeTensors.open(file).floats("x")).isEqualTo(data);
    }

    @Test
    void buffersAreReadOnlyLittleEndianViews() throws IOException {
        Path file = write("{\"x\":{\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 1, 0, 0, 0, 2, 1, 0, 0);
        ByteBuffer buffer = SafeTensors.open(file).buffer("x");
        assertThat(buffer.isReadOnly()).isTrue();
        assertThat(buffer.isDirect()).isTrue();
        assertThat(new int[] {buffer.getInt(), buffer.getInt()}).containsExactly(1, 258);
    }

    /** Small windows stand for files of many gigabytes: runs of tensors, and tensors cut into pieces. */
    @Test
    void tensorsAreTheSameThroughWindowsOfAnySize() throws IOException {
        Random random = new Random(7);
        TreeMap<String, FloatTensor> tensors = new TreeMap<>();
        for (int i = 0; i < 12; i++) {
            float[] data = new float[random.nextInt(20)];
            for (int j = 0; j < data.length; j++) {
                data[j] = random.nextFloat();
            }
            tensors.put("t" + i, new FloatTensor(new long[] {data.length}, data));
        }
        Path file = folder.resolve("t.safetensors");
        SafeTensors.write(file, tensors, Map.of());
        for (int window = 1; window < 400; window++) {
            try (SafeTensors read = SafeTensors.open(file, window)) {
                for (Map.Entry<String, FloatTensor> tensor : tensors.entrySet()) {
                    float[] data = tensor.getValue().data();
                    assertThat(read.floats(tensor.getKey())).isEqualTo(data);
                    if (data.length > 2) {
                        assertThat(read.buffer(tensor.getKey(), 4, 4).getFloat()).isEqualTo(data[1]);
                    }
                }
            }
        }
    }

    /** A sparse file: 5 GiB for the reader, next to nothing on the disk. */
    @Test
    void filesBeyondTwoGibibytesAreMappedInParts() throws IOException {
        long big = 3L << 30;
        long end = big + (2L << 30);
        byte[] head = file("{\"big\":{\"dtype\":\"F16\",\"shape\":[" + big / 2 + "],\"data_offsets\":[0," + big + "]},"
                + "\"next\":{\"dtype\":\"U8\",\"shape\":[" + (end - big - 8) + "],\"data_offsets\":[" + big + ","
                + (end - 8) + "]},\"last\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":["
                + (end - 8) + "," + end + "]}}");
        Path file = folder.resolve("big.safetensors");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW,
                StandardOpenOption.SPARSE)) {
            channel.write(ByteBuffer.wrap(head));
            channel.write(ByteBuffer.wrap(new byte[] {0, 0x3c}), head.length + big - 2);
            channel.write(ByteBuffer.wrap(new byte[] {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, 0x40}), head.length + end - 8);
        }
        try (SafeTensors read = SafeTensors.open(file)) {
            assertThat(read.floats("last")).containsExactly(1f, 2f);
            assertThat(read.buffer("big", big - 2, 2).getShort()).isEqualTo((short) 0x3c00);
            assertThatThrownBy(() -> read.buffer("big")).isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("\"big\"").hasMessageContaining("2 GiB");
        }
    }

    @Test
    void zeroSizeAndRankZeroTensorsAndTrailingSpacesAreAllowed() throws IOException {
        Path file = write("{\"none\":{\"dtype\":\"F32\",\"shape\":[3,0],\"data_offsets\":[0,0]},"
                + "\"one\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]},"
                + "\"after\":{\"dtype\":\"F16\",\"shape\":[0],\"data_offsets\":[4,4]}}     ", 0, 0, 0x80, 0x3f);
        try (SafeTensors read = SafeTensors.open(file)) {
            assertThat(read.floats("none")).isEmpty();
            assertThat(read.floats("after")).isEmpty();
            assertThat(read.floats("one")).containsExactly(1f);
            assertThat(read.entry("one").shape()).isEmpty();
            assertThat(read.entry("one").elements()).isEqualTo(1);
            assertThat(read.buffer("none").remaining()).isZero();
            assertThat(read.metadata()).isEmpty();
        }
    }

    @Test
    void aFileWithoutTensorsIsValid() throws IOException {
        assertThat(SafeTensors.open(write("{}")).names()).isEmpty();
        assertThat(SafeTensors.open(write("{\"__metadata__\":{\"a\":\"b\"}}")).metadata()).containsEntry("a", "b");
    }

    @Test
    void halfPrecisionIsWidenedExactlyForEveryValue() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float got = SafeTensors.halfToFloat((short) bits);
            int exponent = bits >> 10 & 31;
            double fraction = (bits & 1023) / 1024.0;
            double magnitude = exponent == 31 ? ((bits & 1023) == 0 ? Double.POSITIVE_INFINITY : Double.NaN)
                    : exponent == 0 ? Math.scalb(fraction, -14) : Math.scalb(1 + fraction, exponent - 15);
            float expected = (float) (bits < 1 << 15 ? magnitude : -magnitude);
            if (Float.isNaN(expected)) {
                assertThat(got).isNaN();
            } else {
                assertThat(Float.floatToRawIntBits(got)).as("%04x", bits).isEqualTo(Float.floatToRawIntBits(expected));
            }
        }
    }

    @Test
    void halfAndBrainFloatTensorsAreConverted() throws IOException {
        Path file = write("{\"h\":{\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[0,8]},"
                + "\"b\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[8,12]}}",
                0, 0x3c, 1, 0, 0, 0xfc, 0xff, 0x7b, 0x80, 0x3f, 0x49, 0xc0);
        SafeTensors read = SafeTensors.open(file);
        assertThat(read.floats("h")).containsExactly(1f, 0x1p-24f, Float.NEGATIVE_INFINITY, 65504f);
        assertThat(read.floats("b")).containsExactly(1f, -3.140625f);
    }

    @Test
    void otherTypesAreReadAsBytesButNotAsFloats() throws IOException {
        SafeTensors read = SafeTensors.open(write(tensor("x", "I64", "[1]", "[0,8]"), 1, 0, 0, 0, 0, 0, 0, 0));
        assertThat(read.buffer("x").getLong()).isEqualTo(1);
        assertThatThrownBy(() -> read.floats("x")).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("I64").hasMessageContaining("\"x\"");
    }

    @Test
    void anUnknownNameAndAClosedFileSaySo() throws IOException {
        SafeTensors read = SafeTensors.open(write(tensor("x", "F32", "[1]", "[0,4]"), 0, 0, 0, 0));
        assertThatThrownBy(() -> read.entry("y")).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("no tensor \"y\"");
        assertThatThrownBy(() -> read.buffer("x", 1, 4)).isInstanceOf(IndexOutOfBoundsException.class);
        read.close();
        assertThatThrownBy(() -> read.buffer("x")).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void aMissingFileAndAFolderAreRefused() {
        assertThatThrownBy(() -> SafeTensors.open(folder.resolve("nowhere"))).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("There is no file").hasMessageContaining("nowhere");
        assertThatThrownBy(() -> SafeTensors.open(folder)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("is a folder");
    }

    // Malformed files, one case of formats.md each.

    @Test
    void tooShortForTheLength() {
        refused(new byte[7], "cut off", "7 bytes");
        refused(new byte[0], "cut off", "0 bytes");
    }

    @Test
    void headerLongerThanAllowed() {
        refused(prefixed(100_000_001, ""), "claims 100000001 bytes", "100000000");
        refused(prefixed(-1, "{}"), "claims 18446744073709551615 bytes");
    }

    @Test
    void headerPastTheEndOfTheFile() {
        refused(prefixed(3, "{}"), "cut off", "claims 3 bytes", "only 2 follow");
        refused(prefixed(100_000_000, "{}"), "cut off", "claims 100000000 bytes");
    }

    @Test
    void headerThatIsNoObject() {
        refused(file(""), "does not start with '{'");
        refused(file(" {}"), "does not start with '{'");
        refused(file("[]"), "does not start with '{'");
        refused(file("\uFEFF{}"), "does not start with '{'");
    }

    @Test
    void headerThatIsNotUtf8() {
        byte[] json = "{\"__metadata__\":{\"a\":\"?\"}}".getBytes(StandardCharsets.US_ASCII);
        json[22] = (byte) 0xff;
        refused(file(json), "not UTF-8");
        byte[] surrogate = "{\"???\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}"
                .getBytes(StandardCharsets.US_ASCII);
        surrogate[2] = (byte) 0xed; // U+D800 written as if it were a character
        surrogate[3] = (byte) 0xa0;
        surrogate[4] = (byte) 0x80;
        refused(file(surrogate), "not UTF-8");
        refused(file("{}".getBytes(StandardCharsets.UTF_16LE)), "not valid JSON");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{\"x\"", "{\"x\":", "{]", "{\"x\":{\"dtype\":\"F32\",\"shape\":[0", "{,}", "{'a':1}",
        "{}x", "{} /**/", "{}\0"})
    void headerThatIsNoJson(String header) {
        refused(file(header), "not valid JSON");
    }

    @Test
    void headerThatGoesOnBehindItsEnd() {
        refused(file("{}{}"), "goes on behind");
    }

    @Test
    void duplicateKeys() {
        String info = "{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}";
        refused(file("{\"x\":" + info + ",\"x\":" + info + "}"), "a key twice", "x");
        refused(file("{\"x\":" + info + ",\"\\u0078\":" + info + "}"), "a key twice", "x");
        refused(file("{\"__metadata__\":{},\"__metadata__\":{}}"), "a key twice", "__metadata__");
        refused(file("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}"), "a key twice", "a");
        refused(file("{\"x\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}"),
                "a key twice", "dtype");
    }

    @Test
    void metadataThatIsNotStringToString() {
        refused(file("{\"__metadata__\":[]}"), "__metadata__ is not an object of strings");
        for (String value : new String[] {"1", "null", "true", "{}", "[]", "1.5"}) {
            refused(file("{\"__metadata__\":{\"step\":" + value + "}}"), "other than a string under \"step\"");
        }
    }

    @Test
    void metadataThatIsNullIsNone() {
        assertThat(SafeTensorsHeader.parse("x", file("{\"__metadata__\":null}")).metadata()).isEmpty();
    }

    @Test
    void unknownType() {
        refused(tensorFile("F33", "[1]", "[0,4]", 4), "\"x\" has the unknown dtype \"F33\"", "BF16");
        refused(tensorFile("f32", "[1]", "[0,4]", 4), "unknown dtype");
        refused(file("{\"x\":{\"dtype\":32,\"shape\":[1],\"data_offsets\":[0,4]}}"), "dtype that is not a string");
    }

    @Test
    void incompleteDescription() {
        refused(file("{\"x\":{\"shape\":[1],\"data_offsets\":[0,4]}}"), "\"x\" has no dtype");
        refused(file("{\"x\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}"), "\"x\" has no shape");
        refused(file("{\"x\":{\"dtype\":\"F32\",\"shape\":[1]}}"), "\"x\" has no data_offsets");
        refused(file("{\"x\":[]}"), "\"x\" is not described by an object");
        refused(file("{\"x\":null}"), "\"x\" is not described by an object");
        refused(tensorFile("F32", "1", "[0,4]", 4), "shape that is not an array");
        refused(tensorFile("F32", "[1]", "4", 4), "data_offsets that is not an array");
        refused(tensorFile("F32", "[1]", "[0]", 4), "1 data_offsets");
        refused(tensorFile("F32", "[1]", "[0,4,8]", 4), "more than 2 numbers in its data_offsets");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "-0", "1.0", "1e0", "\"1\"", "null", "true", "[1]", "{}", "9223372036854775808",
        "100000000000000000000000000"})
    void numbersThatAreNoSizes(String number) {
        refused(tensorFile("F32", "[" + number + "]", "[0,4]", 4), "tensor \"x\"", "in its shape", "whole number");
        refused(tensorFile("F32", "[1]", "[" + number + ",4]", 4), "tensor \"x\"", "in its data_offsets",
                "whole number");
        refused(tensorFile("F32", "[1]", "[0," + number + "]", 4), "tensor \"x\"", "in its data_offsets",
                "whole number");
    }

    @Test
    void moreDimensionsThanAnyTensorHas() {
        refused(tensorFile("F32", "[1" + ",1".repeat(64) + "]", "[0,4]", 4), "more than 64 numbers in its shape");
    }

    @Test
    void beginBehindEnd() {
        refused(tensorFile("F32", "[1]", "[4,0]", 4), "begins at byte 4, behind its end at 0");
    }

    @Test
    void sizeThatDoesNotFitTheShape() {
        refused(tensorFile("F32", "[2]", "[0,4]", 4), "\"x\" of type F32 and shape [2] needs 8 bytes", "span 4");
        refused(tensorFile("F16", "[2]", "[0,8]", 8), "needs 4 bytes", "span 8");
        refused(tensorFile("F32", "[]", "[0,0]", 0), "needs 4 bytes", "span 0");
    }

    @Test
    void sizesWhoseProductOverflows() {
        refused(tensorFile("F32", "[4611686018427387904]", "[0,0]", 0), "more than any file can hold"); // 2^64 = 0
        refused(tensorFile("U8", "[4294967296,4294967296]", "[0,0]", 0), "more than any file can hold");
        refused(tensorFile("F64", "[4294967295,4294967295]", "[0,0]", 0), "more than any file can hold");
    }

    @Test
    void overlap() {
        refused(file(two("[0,8]", "[4,12]"), 12), "overlaps");
        refused(file(two("[0,8]", "[0,8]"), 8), "overlaps");
        refused(file("{\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]},"
                + "\"b\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[4,4]}}", 8), "\"b\" overlaps");
    }

    @Test
    void hole() {
        refused(file(two("[0,8]", "[12,20]"), 20), "leaves a hole", "ends at 8");
        refused(file(two("[4,12]", "[12,20]"), 20), "leaves a hole", "ends at 0");
    }

    @Test
    void dataThatDoesNotEndWhereTheFileEnds() {
        refused(file(two("[0,8]", "[8,16]"), 17), "1 bytes follow behind its last tensor");
        refused(file(two("[0,8]", "[8,16]"), 15), "cut off", "need 16 bytes but the file holds 15");
        refused(file("{}", 4), "4 bytes follow");
    }

    @Test
    void deepNestingAndEndlessNumbersAreRefusedByTheParser() {
        refused(file("{\"x\":{\"y\":" + "[".repeat(50_000) + "}}"), "not valid JSON");
        refused(tensorFile("F32", "[" + "1".repeat(50_000) + "]", "[0,4]", 4), "not valid JSON");
    }

    @Test
    void messagesStayShortWhenNamesAreLong() {
        assertThatThrownBy(() -> SafeTensorsHeader.parse("f", file("{\"" + "n".repeat(40_000) + "\":1}")))
                .isInstanceOf(InvalidInputException.class)
                .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(300));
    }

    /** Through a real file once, so that the message is known to name it. */
    private void refused(byte[] bytes, String... fragments) {
        Path file = folder.resolve("bad.safetensors");
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        assertThatThrownBy(() -> SafeTensors.open(file)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("bad.safetensors").hasMessageContainingAll(fragments);
        assertThatThrownBy(() -> SafeTensorsHeader.parse("in memory", bytes)).isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(fragments);
    }

    private static String two(String first, String second) {
        return "{\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":" + second
                + "},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":" + first + "}}";
    }

    private static String tensor(String name, String dtype, String shape, String offsets) {
        return "{\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape
                + ",\"data_offsets\":" + offsets + "}}";
    }

    private static byte[] tensorFile(String dtype, String shape, String offsets, int dataBytes) {
        return file(tensor("x", dtype, shape, offsets), dataBytes);
    }

    private Path write(String header, int... data) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(file(header));
        for (int b : data) {
            out.write(b);
        }
        return Files.write(folder.resolve("t.safetensors"), out.toByteArray());
    }

    private static byte[] file(String header, int dataBytes) {
        byte[] head = file(header);
        return java.util.Arrays.copyOf(head, head.length + dataBytes);
    }

    private static byte[] file(String header) {
        return file(header.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] file(byte[] header) {
        return prefixed(header.length, header);
    }

    private static byte[] prefixed(long length, String rest) {
        return prefixed(length, rest.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] prefixed(long length, byte[] rest) {
        return ByteBuffer.allocate(8 + rest.length).order(ByteOrder.LITTLE_ENDIAN).putLong(length).put(rest).array();
    }
}
