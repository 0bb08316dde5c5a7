package craft.lm;

import static org.assertj.core.api.Assertions.assertThat;

import craft.error.InvalidInputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Mutated headers either read as a layout that fills the file exactly, or are refused with a message for people;
 * anything else that is thrown fails the test.
 */
class SafeTensorsFuzzTest {
    private static final String[] SEEDS = {
        "{\"__metadata__\":{\"format\":\"pt\"},\"model.embed.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],"
                + "\"data_offsets\":[0,24]},"
                + "\"b\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[24,28]},"
                + "\"c\":{\"dtype\":\"BF16\",\"shape\":[2],"
                + "\"data_offsets\":[28,32]}}   ",
        "{\"x\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},\"z\":{\"data_offsets\":[8,8],\"shape\":[0,9],"
                + "\"dtype\":\"BOOL\"},\"\\u00e9\":{\"dtype\":\"U8\",\"shape\":[24],\"data_offsets\":[8,32]}}",
        "{}"};
    private static final String[] TOKENS = {"{", "}", "[", "]", ",", ":", "\"", "0", "-1", "4", "8", "24", "32",
        "1e9", "1.5", "4294967296", "9223372036854775807", "18446744073709551615", "null", "true",
        "\"dtype\"", "\"shape\"",
        "\"data_offsets\"", "\"F32\"", "\"__metadata__\":{\"a\":\"b\"},",
        "\\u0000", "\\ud800", "\u00ff", "한", "\0", " ", "[[[[[[[["};

    @Test
    void mutatedHeadersAreReadOrRefused() {
        fuzz(20_240_607, 100_000);
    }

    @Tag("heavy")
    @Test
    void manyMutatedHeadersAreReadOrRefused() {
        fuzz(1, 5_000_000);
    }

    private static void fuzz(long seed, int cases) {
        Random random = new Random(seed);
        int read = 0;
        for (int i = 0; i < cases; i++) {
            byte[] file = mutated(random);
            try {
                check(SafeTensorsHeader.parse("fuzz", file), file);
                read++;
            } catch (InvalidInputException e) {
                if (!e.getMessage().startsWith("fuzz cannot be used: ")) {
                    throw new AssertionError("Case " + i + " of seed " + seed + ": " + e.getMessage(), e);
                }
            } catch (RuntimeException | Error e) {
                throw new AssertionError("Case " + i + " of seed " + seed + ": " + Arrays.toString(file), e);
            }
        }
        // Both outcomes must happen, else the mutations are too weak or too strong to test anything.
        assertThat(read).isBetween(cases / 100, cases / 2);
    }

    private static void check(SafeTensorsHeader header, byte[] file) {
        long length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        long end = 0;
        for (TensorEntry entry : header.entries().values()) {
            if (entry.offset() != end || entry.bytes() < 0) {
                throw new AssertionError("Accepted although not contiguous: " + header);
            }
            end += entry.bytes();
        }
        if (SafeTensorsHeader.PREFIX + length + end != file.length) {
            throw new AssertionError("Accepted although it does not fill the file: " + header);
        }
    }

    private static byte[] mutated(Random random) {
        byte[] header = SEEDS[random.nextInt(SEEDS.length)].getBytes(StandardCharsets.UTF_8);
        int data = header.length == 2 ? 0 : 32;
        for (int n = random.nextInt(4); n >= 0; n--) {
            header = mutateOnce(header, random);
        }
        long length = switch (random.nextInt(20)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextInt(200);
            case 2 -> header.length + random.nextInt(9) - 4L;
            default -> header.length;
        };
        int size = Math.max(0, 8 + header.length + data + (random.nextInt(10) == 0 ? random.nextInt(81) - 40 : 0));
        byte[] file = ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN).putLong(length).put(header)
                .array();
        return Arrays.copyOf(file, size);
    }

    private static byte[] mutateOnce(byte[] bytes, Random random) {
        int at = random.nextInt(bytes.length + 1);
        int to = Math.min(bytes.length, at + random.nextInt(12));
        switch (random.nextInt(7)) {
            case 0: // nothing: other mutations act alone
                return bytes;
            case 1: // any byte
                byte[] copy = bytes.clone();
                if (at < copy.length) {
                    copy[at] = (byte) random.nextInt();
                }
                return copy;
            case 2: // a digit for a digit
                byte[] digits = bytes.clone();
                for (int i = at; i < digits.length; i++) {
                    if (digits[i] >= '0' && digits[i] <= '9') {
                        digits[i] = (byte) ('0' + random.nextInt(10));
                        break;
                    }
                }
                return digits;
            case 3: // leave out
                return splice(bytes, at, to, new byte[0]);
            case 4: // say twice
                return splice(bytes, at, at, Arrays.copyOfRange(bytes, at, to));
            case 5: // a token in between
                return splice(bytes, at, at, token(random));
            default: // a token instead
                return splice(bytes, at, to, token(random));
        }
    }

    private static byte[] token(Random random) {
        return TOKENS[random.nextInt(TOKENS.length)].getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] splice(byte[] bytes, int from, int to, byte[] middle) {
        return ByteBuffer.allocate(bytes.length - (to - from) + middle.length).put(bytes, 0, from).put(middle)
                .put(bytes, to, bytes.length - to).array();
    }
}
