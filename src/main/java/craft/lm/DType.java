package craft.lm;

import java.util.Arrays;
import java.util.Optional;

/** Element types of a safetensors file, by the names the file uses. All are little-endian there. */
public enum DType {
    BOOL(1), U8(1), I8(1), F8_E4M3(1), F8_E5M2(1), F8_E8M0(1), I16(2), U16(2), I32(4), U32(4), I64(8), U64(8), F16(2), BF16(2), F32(4), F64(8);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** True for the types weights are made of, which {@link SafeTensors#floats} turns into float. */
    public boolean convertible() {
        return this == F16 || this == BF16 || this == F32;
    }

    static Optional<DType> named(String name) {
        return Arrays.stream(values()).filter(t -> t.name().equals(name)).findFirst();
    }
}
