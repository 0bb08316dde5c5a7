package craft.store;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The few instructions of Python's pickle protocol 2 that a file of tensors needs, all of them among those that
 * {@code torch.load(weights_only=True)} accepts. Nothing is memoised. Source: Python's pickletools.
 */
final class PickleWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    PickleWriter() {
        op(0x80).op(2); // PROTO 2
    }

    PickleWriter global(String module, String name) {
        op('c').out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    PickleWriter mark() {
        return op('(');
    }

    /** Everything since the last mark as one tuple. */
    PickleWriter tuple() {
        return op('t');
    }

    PickleWriter emptyTuple() {
        return op(')');
    }

    /** Calls what lies below the tuple on top with the tuple's items. */
    PickleWriter reduce() {
        return op('R');
    }

    /** Puts the keys and values since the last mark into the dictionary below it. */
    PickleWriter setItems() {
        return op('u');
    }

    /** What the tuple on top stands for outside the pickle. */
    PickleWriter persistentId() {
        return op('Q');
    }

    PickleWriter no() {
        return op(0x89);
    }

    PickleWriter text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        op('X').little(bytes.length).out.writeBytes(bytes);
        return this;
    }

    PickleWriter number(int value) {
        return op('J').little(value);
    }

    byte[] stop() {
        return op('.').out.toByteArray();
    }

    private PickleWriter op(int code) {
        out.write(code);
        return this;
    }

    private PickleWriter little(int value) {
        return op(value).op(value >> 8).op(value >> 16).op(value >> 24);
    }
}
