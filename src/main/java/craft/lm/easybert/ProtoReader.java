package craft.lm.easybert;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Walks over the fields of one protocol buffer message (developers.google.com/protocol-buffers/docs/encoding). Every
 * read is checked against the message's end.
 */
final class ProtoReader {
    static final int VARINT = 0;
    static final int BYTES = 2;
    static final int FIXED32 = 5;
    private static final int FIXED64 = 1;

    private final ByteBuffer bytes;
    private int tag;

    ProtoReader(ByteBuffer message) {
        this.bytes = message.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Goes to the next field, false at the end. The field's value must be taken or skipped before the next call. */
    boolean next() throws BadCheckpoint {
        if (!bytes.hasRemaining()) {
            return false;
        }
        long read = varint();
        if (read < 8 || read > Integer.MAX_VALUE) {
            throw new BadCheckpoint("a field of it has the number " + (read >>> 3));
        }
        tag = (int) read;
        return true;
    }

    int field() {
        return tag >>> 3;
    }

    /** Whether the field is this one and is written in this way; another way of writing it is an error of the file. */
    boolean is(int field, int type) throws BadCheckpoint {
        if (field() != field) {
            return false;
        }
        if ((tag & 7) != type) {
            throw new BadCheckpoint("field " + field + " of it is written as type " + (tag & 7) + " instead of " + type);
        }
        return true;
    }

    long varint() throws BadCheckpoint {
        return varint(bytes);
    }

    static long varint(ByteBuffer bytes) throws BadCheckpoint {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (!bytes.hasRemaining()) {
                throw new BadCheckpoint("it ends within a number");
            }
            byte b = bytes.get();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new BadCheckpoint("a number in it has more than ten bytes");
    }

    int fixed32() throws BadCheckpoint {
        require(Integer.BYTES);
        return bytes.getInt();
    }

    /** The value of a {@link #BYTES} field. */
    ByteBuffer bytes() throws BadCheckpoint {
        long length = varint();
        require(length);
        ByteBuffer value = bytes.slice(bytes.position(), (int) length);
        bytes.position(bytes.position() + (int) length);
        return value;
    }

    void skip() throws BadCheckpoint {
        switch (tag & 7) {
            case VARINT -> varint();
            case FIXED64 -> move(Long.BYTES);
            case BYTES -> bytes();
            case FIXED32 -> move(Integer.BYTES);
            default -> throw new BadCheckpoint("a field of it is written as type " + (tag & 7));
        }
    }

    private void move(int length) throws BadCheckpoint {
        require(length);
        bytes.position(bytes.position() + length);
    }

    private void require(long length) throws BadCheckpoint {
        if (length < 0 || length > bytes.remaining()) {
            throw new BadCheckpoint("it ends within a value");
        }
    }
}
