package craft.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;

/** Weights of a Llama-family folder in the order of {@code decoder.py}, as float32 arrays. */
final class DecoderWeights {
    private DecoderWeights() {
    }

    static List<NDArray> read(ModelFolder files, NDManager owner) {
        ModelConfig c = files.config();
        int d = c.hiddenSize();
        List<NDArray> w = new ArrayList<>();
        NDArray embedding = matrix(files, owner, d, "model.embed_tokens.weight");
        w.add(embedding);
        w.add(vector(files, owner, "model.norm.weight"));
        w.add(c.tied() ? embedding : matrix(files, owner, d, "lm_head.weight"));
        w.add(inverseFrequencies(c, owner));
        for (int i = 0; i < c.layers(); i++) {
            String layer = "model.layers." + i + ".";
            w.add(vector(files, owner, layer + "input_layernorm.weight"));
            w.add(matrix(files, owner, d, layer + "self_attn.q_proj.weight", layer + "self_attn.k_proj.weight",
                    layer + "self_attn.v_proj.weight"));
            w.add(matrix(files, owner, c.heads() * c.headDim(), layer + "self_attn.o_proj.weight"));
            w.add(vector(files, owner, layer + "post_attention_layernorm.weight"));
            w.add(matrix(files, owner, d, layer + "mlp.gate_proj.weight", layer + "mlp.up_proj.weight"));
            w.add(matrix(files, owner, c.intermediateSize(), layer + "mlp.down_proj.weight"));
        }
        return w;
    }

    private static NDArray vector(ModelFolder files, NDManager owner, String name) {
        float[] values = files.floats(name);
        return owner.create(values, new Shape(values.length));
    }

    /** Row-major matrices of {@code columns} columns, one below the other. */
    private static NDArray matrix(ModelFolder files, NDManager owner, int columns, String... names) {
        if (names.length == 1) {
            float[] values = files.floats(names[0]);
            return owner.create(values, new Shape(values.length / columns, columns));
        }
        try (NDManager scope = owner.newSubManager()) {
            NDArray joined = null;
            for (String name : names) {
                NDArray part = matrix(files, scope, columns, name);
                joined = joined == null ? part : joined.concat(part, 0);
            }
            joined.attach(owner);
            return joined;
        }
    }

    /** theta^(-2 i / hd), i = 0 .. hd / 2 - 1 (Su et al. 2021, RoFormer, eq. 15). */
    private static NDArray inverseFrequencies(ModelConfig c, NDManager owner) {
        float[] f = new float[c.headDim() / 2];
        for (int i = 0; i < f.length; i++) {
            f[i] = (float) Math.pow(c.ropeTheta(), -2.0 * i / c.headDim());
        }
        return owner.create(f, new Shape(f.length));
    }
}
