package craft.lm;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * GPT-NeoX (Black et al. 2022), of which Pythia is made: LayerNorm, rotary positions on the first part of every head,
 * attention and feed-forward part side by side or one after the other.
 *
 * @param attentionBias the attention's projections have a bias
 * @param parallel both parts of a block read its input; else the feed-forward part reads what attention made of it
 */
record NeoXFamily(double normEpsilon, Rotary rotary, Activation activation, boolean attentionBias, boolean parallel)
        implements Family {

    static final List<String> ARCHITECTURES = List.of("GPTNeoXForCausalLM");

    static ModelConfig read(String title, ConfigJson json) {
        int hidden = json.size("hidden_size", ConfigJson.MAX_WIDTH);
        int heads = json.size("num_attention_heads", ConfigJson.MAX_HEADS);
        int headDim = json.headWidth("num_attention_heads", heads, "hidden_size", hidden);
        int vocabulary = json.size("vocab_size", ConfigJson.MAX_TOKENS);
        NeoXFamily family = new NeoXFamily(json.number("layer_norm_eps", 1e-5, 0, 1), rotary(json, headDim),
                Activation.read(json, "hidden_act", "gelu"), json.flag("attention_bias", true),
                json.flag("use_parallel_residual", true));
        return new ModelConfig(title, hidden, json.size("intermediate_size", ConfigJson.MAX_INNER),
                json.size("num_hidden_layers", ConfigJson.MAX_LAYERS), heads, heads, headDim, vocabulary,
                json.size("max_position_embeddings", ConfigJson.MAX_TOKENS), json.flag("tie_word_embeddings", false),
                json.beginning(vocabulary), json.endings(vocabulary), json.text("torch_dtype", json.text("dtype", "")),
                family);
    }

    private static Rotary rotary(ConfigJson json, int headDim) {
        ConfigJson part = Rotary.part(json);
        double older = json.number("rotary_pct", 0.25, 0, 1);
        double share = part.number("partial_rotary_factor", older, 0, 1);
        if (json.hasNonNull("rotary_pct") && share != older) {
            throw json.refuse("rotary_pct", "is " + older + ", but \"partial_rotary_factor\" is " + share
                    + ". Leave one of them out");
        }
        int width = (int) (headDim * share);
        if (width == 0 || width % 2 != 0) {
            throw json.refuse("rotary_pct", "is " + share + ", so that " + width + " of a head's " + headDim
                    + " numbers turn; it must be an even number from 2 on");
        }
        return Rotary.read(json, part, "rotary_emb_base", width);
    }

    @Override
    public boolean table(String tensor, TensorEntry entry) {
        return tensor.endsWith("rotary_emb.inv_freq") || tensor.endsWith("attention.masked_bias")
                || tensor.endsWith("attention.bias") && entry.shape().length > 1;
    }

    @Override
    public String text() {
        return "neox.py";
    }

    @Override
    public Map<String, String> marks(ModelConfig c) {
        return Map.of("epsilon", Double.toString(normEpsilon), "activation", activation.call(),
                "parallel", parallel ? "True" : "False", "half", "" + rotary.width() / 2,
                "turned", "" + rotary.width());
    }

    @Override
    public LinkedHashMap<String, Weight> modelWeights(ModelConfig c) {
        int d = c.hiddenSize();
        LinkedHashMap<String, Weight> all = new LinkedHashMap<>();
        Weight embedding = Weight.of("gpt_neox.embed_in.weight", c.vocabulary(), d);
        all.put("embedding", embedding);
        all.put("norm", Weight.of("gpt_neox.final_layer_norm.weight", d));
        all.put("normBias", Weight.of("gpt_neox.final_layer_norm.bias", d));
        all.put("head", c.tied() ? embedding : Weight.of("embed_out.weight", c.vocabulary(), d));
        all.put("frequencies", Weight.numbers(rotary.frequencies()));
        return all;
    }

    @Override
    public LinkedHashMap<String, Weight> layerWeights(ModelConfig c, int layer) {
        String block = "gpt_neox.layers." + layer + ".";
        int d = c.hiddenSize();
        int inner = c.intermediateSize();
        LinkedHashMap<String, Weight> all = new LinkedHashMap<>();
        all.put("inputNorm", Weight.of(block + "input_layernorm.weight", d));
        all.put("inputNormBias", Weight.of(block + "input_layernorm.bias", d));
        all.put("qkv", Weight.of(block + "attention.query_key_value.weight", 3L * d, d));
        all.put("qkvBias", attentionBias ? Weight.of(block + "attention.query_key_value.bias", 3L * d) : Weight.NONE);
        all.put("output", Weight.of(block + "attention.dense.weight", d, d));
        all.put("outputBias", attentionBias ? Weight.of(block + "attention.dense.bias", d) : Weight.NONE);
        all.put("postNorm", Weight.of(block + "post_attention_layernorm.weight", d));
        all.put("postNormBias", Weight.of(block + "post_attention_layernorm.bias", d));
        all.put("up", Weight.of(block + "mlp.dense_h_to_4h.weight", inner, d));
        all.put("upBias", Weight.of(block + "mlp.dense_h_to_4h.bias", inner));
        all.put("down", Weight.of(block + "mlp.dense_4h_to_h.weight", d, inner));
        all.put("downBias", Weight.of(block + "mlp.dense_4h_to_h.bias", d));
        return all;
    }
}
