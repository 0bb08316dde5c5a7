package craft.intervention;

import craft.error.InvalidInputException;
import craft.lm.DType;
import craft.lm.SafeTensors;
import craft.lm.TensorEntry;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/**
 * One group's numbers in a file of adapters, asked for by the names that the adapter gives them.
 *
 * @param description the file that says what they must be, for messages
 * @param used gets the names in the file of all that was asked for
 */
record GroupTensors(SafeTensors file, int group, Path description, Set<String> used) {
    /** R R^T may differ from the identity by this much; training keeps it below 1e-5. */
    private static final double ORTHONORMAL = 1e-4;

    /** What stands before the adapter's names in the file. */
    static String prefix(int group) {
        return "group." + group + ".";
    }

    /** @throws InvalidInputException when it is not there, of another shape, asked for twice, or not finite */
    float[] floats(String name, long... shape) {
        String whole = prefix(group) + name;
        TensorEntry entry = file.entry(whole);
        if (entry.dtype() != DType.F32 || !Arrays.equals(entry.shape(), shape)) {
            throw new InvalidInputException("Tensor \"" + whole + "\" of " + file.file() + " is " + entry.dtype()
                    + Arrays.toString(entry.shape()) + ", but " + description.getFileName() + " says F32" + Arrays.toString(shape)
                    + ".");
        }
        if (!used.add(whole)) {
            throw new InvalidInputException(description + " describes tensor \"" + whole + "\" twice.");
        }
        float[] values = file.floats(whole);
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new InvalidInputException("Tensor \"" + whole + "\" of " + file.file()
                        + " holds a value that is not finite; such adapters cannot be used.");
            }
        }
        return values;
    }

    /** @param rotation R, row-major {@code [rank, width]} */
    void requireOrthonormal(String name, float[] rotation, int rank, int width) {
        double error = orthonormalityError(rotation, rank, width);
        if (!(error <= ORTHONORMAL)) {
            throw new InvalidInputException(String.format(Locale.ROOT, "Tensor \"%s\" of %s is not a rotation: R R^T differs from "
                    + "the identity by %.2g, at most %.0e is allowed.", prefix(group) + name, file.file(), error, ORTHONORMAL));
        }
    }

    /** Largest entry of |R R^T - I|. */
    private static double orthonormalityError(float[] r, int rank, int width) {
        double worst = 0;
        for (int i = 0; i < rank; i++) {
            for (int j = 0; j <= i; j++) {
                double dot = 0;
                for (int k = 0; k < width; k++) {
                    dot += (double) r[i * width + k] * r[j * width + k];
                }
                worst = Math.max(worst, Math.abs(dot - (i == j ? 1 : 0)));
            }
        }
        return worst;
    }

    /** @param what is wrong with the group's description */
    InvalidInputException damaged(String what) {
        return new InvalidInputException(description + ": group " + group + " " + what + ".");
    }
}
