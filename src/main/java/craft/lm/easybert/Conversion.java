package craft.lm.easybert;

import craft.error.InvalidInputException;
import craft.lm.easybert.Checkpoint.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Which variable of a checkpoint becomes which tensor of a {@code BertForMaskedLM}. The pooler, which that class does not
 * have, is left out. TensorFlow keeps a dense layer's matrix {@code [in, out]}, Hugging Face {@code [out, in]}.
 *
 * @param size of the model
 * @param steps in the order of the data, so that it can be read as a stream
 */
record Conversion(BertSize size, List<Step> steps) {

    /**
     * @param tensor the new name
     * @param transposed rows and columns are exchanged
     */
    record Step(Variable from, String tensor, boolean transposed) {
        /** The new shape. */
        long[] shape() {
            long[] s = from.shape();
            return transposed ? new long[] {s[1], s[0]} : s;
        }
    }

    /**
     * Checks that every variable is there with the shape that follows from the sizes.
     *
     * @throws InvalidInputException naming the variable
     */
    static Conversion of(BertJar jar) {
        Builder all = new Builder(jar);
        BertJar.Name name = jar.name();
        int d = name.hidden();
        int vocabulary = jar.vocabulary().size();
        int positions = all.firstSize("bert/embeddings/position_embeddings");
        int types = all.firstSize("bert/embeddings/token_type_embeddings");
        int inner = all.firstSize("bert/encoder/layer_0/intermediate/dense/bias");
        int found = all.firstSize("bert/embeddings/word_embeddings");
        if (found != vocabulary) {
            throw jar.refuse("its vocabulary has " + vocabulary + " words, but its word embeddings are of " + found);
        }
        all.plain("bert/embeddings/word_embeddings", vocabulary, d);
        all.plain("bert/embeddings/position_embeddings", positions, d);
        all.plain("bert/embeddings/token_type_embeddings", types, d);
        all.norm("bert/embeddings/LayerNorm", d);
        for (int layer = 0; layer < name.layers(); layer++) {
            String block = "bert/encoder/layer_" + layer + "/";
            all.dense(block + "attention/self/query", d, d);
            all.dense(block + "attention/self/key", d, d);
            all.dense(block + "attention/self/value", d, d);
            all.dense(block + "attention/output/dense", d, d);
            all.norm(block + "attention/output/LayerNorm", d);
            all.dense(block + "intermediate/dense", d, inner);
            all.dense(block + "output/dense", inner, d);
            all.norm(block + "output/LayerNorm", d);
        }
        all.dense("cls/predictions/transform/dense", d, d);
        all.norm("cls/predictions/transform/LayerNorm", d);
        all.add("cls/predictions/output_bias", "cls.predictions.bias", false, vocabulary);
        all.steps.sort(Comparator.comparingLong(step -> step.from.offset()));
        return new Conversion(new BertSize(name.layers(), d, name.heads(), inner, vocabulary, positions, types),
                List.copyOf(all.steps));
    }

    /** Bytes of the data from its start to the end of the last variable wanted. */
    long sourceBytes() {
        return steps.stream().mapToLong(step -> step.from.offset() + step.from.bytes()).max().orElse(0);
    }

    private static final class Builder {
        private final BertJar jar;
        private final List<Step> steps = new ArrayList<>();

        Builder(BertJar jar) {
            this.jar = jar;
        }

        void plain(String variable, long... shape) {
            add(variable, spelt(variable) + ".weight", false, shape);
        }

        void dense(String layer, long in, long out) {
            add(layer + "/kernel", spelt(layer) + ".weight", true, in, out);
            add(layer + "/bias", spelt(layer) + ".bias", false, out);
        }

        void norm(String layer, long width) {
            add(layer + "/gamma", spelt(layer) + ".weight", false, width);
            add(layer + "/beta", spelt(layer) + ".bias", false, width);
        }

        private static String spelt(String name) {
            return name.replace("layer_", "layer.").replace('/', '.');
        }

        int firstSize(String variable) {
            Variable found = find(variable);
            long size = found.shape().length == 0 ? 0 : found.shape()[0];
            if (size < 1 || size > 10_000_000) {
                throw jar.refuse("its variable " + found.name() + " has the shape " + Arrays.toString(found.shape()));
            }
            return (int) size;
        }

        void add(String variable, String tensor, boolean transposed, long... shape) {
            Variable found = find(variable);
            if (!found.hasShape(shape)) {
                throw jar.refuse("its variable " + found.name() + " has the shape " + Arrays.toString(found.shape())
                        + " instead of " + Arrays.toString(shape));
            }
            if (found.dtype() != Checkpoint.FLOAT) {
                throw jar.refuse("its variable " + found.name() + " is of TensorFlow's type " + found.dtype()
                        + " instead of float32");
            }
            long elements = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            if (found.bytes() != elements * Float.BYTES) {
                throw jar.refuse("its variable " + found.name() + " has " + found.bytes() + " bytes, but "
                        + Arrays.toString(shape) + " numbers have " + elements * Float.BYTES);
            }
            steps.add(new Step(found, tensor, transposed));
        }

        private Variable find(String variable) {
            Variable found = jar.checkpoint().variables().get("module/" + variable);
            if (found == null) {
                throw jar.refuse("it lacks the variable module/" + variable);
            }
            return found;
        }
    }
}
