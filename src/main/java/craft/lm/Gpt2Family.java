package craft.lm;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * GPT-2 (Radford et al. 2019): pre-norm blocks with LayerNorm, learned positions, one head of keys and values for every
 * query head, biases everywhere. Its matrices lie {@code [in, out]} in the file (the class Conv1D), and files are found
 * with and without {@code transformer.} before the names.
 */
record Gpt2Family(double normEpsilon, Activation activation) implements Family {
    static final List<String> ARCHITECTURES = List.of("GPT2LMHeadModel");

    private static final String PREFIX = "transformer.";
    private static final String HEAD = "lm_head.weight";

    static ModelConfig read(String title, ConfigJson json) {
        int hidden = json.size("n_embd", ConfigJson.MAX_WIDTH);
        int heads = json.size("n_head", ConfigJson.MAX_HEADS);
        int headDim = json.headWidth("n_head", heads, "n_embd", hidden);
        int vocabulary = json.size("vocab_size", ConfigJson.MAX_TOKENS);
        requirePlain(json, "scale_attn_weights", true);
        requirePlain(json, "scale_attn_by_inverse_layer_idx", false);
        requirePlain(json, "add_cross_attention", false);
        Gpt2Family family = new Gpt2Family(json.number("layer_norm_epsilon", 1e-5, 0, 1),
                Activation.read(json, "activation_function", "gelu_new"));
        return new ModelConfig(title, hidden, json.size("n_inner", ConfigJson.MAX_INNER, 4 * hidden),
                json.size("n_layer", ConfigJson.MAX_LAYERS), heads, heads, headDim, vocabulary,
                json.size("n_positions", ConfigJson.MAX_TOKENS), json.flag("tie_word_embeddings", true),
                json.beginning(vocabulary), json.endings(vocabulary), json.text("torch_dtype", json.text("dtype", "")),
                family);
    }

    private static void requirePlain(ConfigJson json, String key, boolean plain) {
        if (json.flag(key, plain) != plain) {
            throw json.refuse(key, "is " + !plain + ", which is not supported");
        }
    }

    /** A layer's "attn.bias" is no bias but the causal mask, {@code [1, 1, n, n]}. */
    @Override
    public boolean table(String tensor, TensorEntry entry) {
        return tensor.endsWith("attn.masked_bias") || tensor.endsWith("attn.bias") && entry.shape().length > 1;
    }

    @Override
    public String text() {
        return "gpt2.py";
    }

    @Override
    public String canonical(String tensor) {
        return tensor.startsWith(PREFIX) || tensor.equals(HEAD) ? tensor : PREFIX + tensor;
    }

    @Override
    public Map<String, String> marks(ModelConfig c) {
        return Map.of("epsilon", Double.toString(normEpsilon), "activation", activation.call());
    }

    @Override
    public LinkedHashMap<String, Weight> modelWeights(ModelConfig c) {
        int d = c.hiddenSize();
        LinkedHashMap<String, Weight> all = new LinkedHashMap<>();
        Weight embedding = Weight.of(PREFIX + "wte.weight", c.vocabulary(), d);
        all.put("embedding", embedding);
        all.put("places", Weight.of(PREFIX + "wpe.weight", c.context(), d));
        all.put("norm", Weight.of(PREFIX + "ln_f.weight", d));
        all.put("normBias", Weight.of(PREFIX + "ln_f.bias", d));
        all.put("head", c.tied() ? embedding : Weight.of(HEAD, c.vocabulary(), d));
        return all;
    }

    @Override
    public LinkedHashMap<String, Weight> layerWeights(ModelConfig c, int layer) {
        String block = PREFIX + "h." + layer + ".";
        int d = c.hiddenSize();
        int inner = c.intermediateSize();
        LinkedHashMap<String, Weight> all = new LinkedHashMap<>();
        all.put("inputNorm", Weight.of(block + "ln_1.weight", d));
        all.put("inputNormBias", Weight.of(block + "ln_1.bias", d));
        all.put("qkv", Weight.of(block + "attn.c_attn.weight", d, 3L * d).exchanged());
        all.put("qkvBias", Weight.of(block + "attn.c_attn.bias", 3L * d));
        all.put("output", Weight.of(block + "attn.c_proj.weight", d, d).exchanged());
        all.put("outputBias", Weight.of(block + "attn.c_proj.bias", d));
        all.put("postNorm", Weight.of(block + "ln_2.weight", d));
        all.put("postNormBias", Weight.of(block + "ln_2.bias", d));
        all.put("up", Weight.of(block + "mlp.c_fc.weight", d, inner).exchanged());
        all.put("upBias", Weight.of(block + "mlp.c_fc.bias", inner));
        all.put("down", Weight.of(block + "mlp.c_proj.weight", inner, d).exchanged());
        all.put("downBias", Weight.of(block + "mlp.c_proj.bias", d));
        return all;
    }
}
