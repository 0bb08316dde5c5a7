package craft.lm.easybert;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The index of a TensorFlow checkpoint: which variable lies where in its data. The file is a LevelDB table (the blocks,
 * the footer and the checksums are described in LevelDB's {@code doc/table_format.md}) from a variable's name to a
 * {@code BundleEntryProto} (TensorFlow, {@code tensorflow/core/protobuf/tensor_bundle.proto}).
 *
 * @param variables by name
 */
record Checkpoint(Map<String, Variable> variables) {
    /** {@code DT_FLOAT} of TensorFlow's {@code types.proto}. */
    static final int FLOAT = 1;

    private static final int FOOTER = 48;
    private static final int TRAILER = 5;
    private static final long MAGIC = 0xdb4775248b80fb57L;
    private static final int MAX_RANK = 8;

    /**
     * @param dtype TensorFlow's number of the type
     * @param offset first byte in the data
     * @param crc CRC-32C of the bytes, masked as {@link #masked} does
     */
    record Variable(String name, int dtype, long[] shape, long offset, long bytes, int crc) {
        boolean hasShape(long... expected) {
            return Arrays.equals(shape, expected);
        }
    }

    /** LevelDB's masking, so that a checksum over data with checksums in it stays a good one. */
    static int masked(CRC32C crc) {
        int value = (int) crc.getValue();
        return ((value >>> 15) | (value << 17)) + 0xa282ead8;
    }

    static Checkpoint read(byte[] file) throws BadCheckpoint {
        ByteBuffer all = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (file.length < FOOTER || all.getLong(file.length - Long.BYTES) != MAGIC) {
            throw new BadCheckpoint("it is not a table of LevelDB");
        }
        ByteBuffer footer = all.slice(file.length - FOOTER, FOOTER);
        ProtoReader.varint(footer); // where the block about blocks lies, of which TensorFlow makes no use
        ProtoReader.varint(footer);
        Map<String, Variable> variables = new LinkedHashMap<>();
        for (Row handle : rows(block(all, footer))) {
            for (Row row : rows(block(all, handle.value))) {
                if (row.key.isEmpty()) {
                    checkHeader(row.value);
                } else {
                    variables.put(row.key, variable(row));
                }
            }
        }
        return new Checkpoint(Map.copyOf(variables));
    }

    private record Row(String key, ByteBuffer value) {
    }

    /** The block that a handle points to, without its trailer. */
    private static ByteBuffer block(ByteBuffer all, ByteBuffer handle) throws BadCheckpoint {
        long offset = ProtoReader.varint(handle);
        long size = ProtoReader.varint(handle);
        long most = all.capacity() - (long) FOOTER - TRAILER;
        if (offset < 0 || size < 0 || offset > most || size > most - offset) {
            throw new BadCheckpoint("a block of it lies outside the file");
        }
        int end = (int) (offset + size);
        CRC32C crc = new CRC32C();
        crc.update(all.slice((int) offset, (int) size + 1));
        if (masked(crc) != all.getInt(end + 1)) {
            throw new BadCheckpoint("a block of it has another checksum than is written there");
        }
        if (all.get(end) != 0) {
            throw new BadCheckpoint("it is compressed, which TensorFlow's checkpoints are not");
        }
        return all.slice((int) offset, (int) size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Keys are written as what they share with the key before, and the rest. Restart points at the end are not needed. */
    private static List<Row> rows(ByteBuffer block) throws BadCheckpoint {
        int restarts = block.capacity() < Integer.BYTES ? -1 : block.getInt(block.capacity() - Integer.BYTES);
        long end = block.capacity() - Integer.BYTES - (long) Integer.BYTES * restarts;
        if (restarts < 0 || end < 0) {
            throw new BadCheckpoint("a block of it is cut off");
        }
        block.limit((int) end);
        List<Row> rows = new ArrayList<>();
        byte[] key = new byte[0];
        while (block.hasRemaining()) {
            long shared = ProtoReader.varint(block);
            long fresh = ProtoReader.varint(block);
            long value = ProtoReader.varint(block);
            if (shared < 0 || shared > key.length || fresh < 0 || fresh > block.remaining() || value < 0
                    || value > block.remaining() - fresh) {
                throw new BadCheckpoint("a row of it is longer than its block");
            }
            key = Arrays.copyOf(key, (int) (shared + fresh));
            block.get(key, (int) shared, (int) fresh);
            rows.add(new Row(new String(key, StandardCharsets.UTF_8), block.slice(block.position(), (int) value)));
            block.position(block.position() + (int) value);
        }
        return rows;
    }

    /** {@code BundleHeaderProto}: number of data files, byte order. */
    private static void checkHeader(ByteBuffer message) throws BadCheckpoint {
        ProtoReader proto = new ProtoReader(message);
        while (proto.next()) {
            if (proto.is(1, ProtoReader.VARINT)) {
                long shards = proto.varint();
                if (shards != 1) {
                    throw new BadCheckpoint("it speaks of " + shards + " data files instead of one");
                }
            } else if (proto.is(2, ProtoReader.VARINT)) {
                if (proto.varint() != 0) {
                    throw new BadCheckpoint("its numbers are big-endian");
                }
            } else {
                proto.skip();
            }
        }
    }

    private static Variable variable(Row row) throws BadCheckpoint {
        ProtoReader proto = new ProtoReader(row.value);
        int dtype = 0;
        long[] shape = {};
        long offset = 0;
        long bytes = 0;
        int crc = 0;
        while (proto.next()) {
            if (proto.is(1, ProtoReader.VARINT)) {
                dtype = (int) proto.varint();
            } else if (proto.is(2, ProtoReader.BYTES)) {
                shape = shape(proto.bytes());
            } else if (proto.is(4, ProtoReader.VARINT)) {
                offset = proto.varint();
            } else if (proto.is(5, ProtoReader.VARINT)) {
                bytes = proto.varint();
            } else if (proto.is(6, ProtoReader.FIXED32)) {
                crc = proto.fixed32();
            } else {
                proto.skip();
            }
        }
        if (offset < 0 || bytes < 0) {
            throw new BadCheckpoint("variable " + row.key + " lies at " + offset + " and has " + bytes + " bytes");
        }
        return new Variable(row.key, dtype, shape, offset, bytes, crc);
    }

    /** {@code TensorShapeProto}: a message a dimension, with its size. */
    private static long[] shape(ByteBuffer message) throws BadCheckpoint {
        ProtoReader proto = new ProtoReader(message);
        long[] shape = {};
        while (proto.next()) {
            if (!proto.is(2, ProtoReader.BYTES)) {
                proto.skip();
                continue;
            }
            ProtoReader dimension = new ProtoReader(proto.bytes());
            long size = 0; // protocol buffers leave a zero out
            while (dimension.next()) {
                if (dimension.is(1, ProtoReader.VARINT)) {
                    size = dimension.varint();
                } else {
                    dimension.skip();
                }
            }
            if (shape.length == MAX_RANK || size < 0) {
                throw new BadCheckpoint("a variable of it has more than " + MAX_RANK + " dimensions or a negative size");
            }
            shape = Arrays.copyOf(shape, shape.length + 1);
            shape[shape.length - 1] = size;
        }
        return shape;
    }
}
