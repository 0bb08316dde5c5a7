package craft.lm;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Pre-norm blocks with RMSNorm, rotary positions, grouped-query attention and SwiGLU: Llama, Mistral, Qwen2, Qwen3.
 *
 * @param qkvBias projections to queries, keys and values have a bias
 * @param outputBias the attention's output projection has a bias
 * @param mlpBias the feed-forward projections have a bias
 * @param qkNorm every head's queries and keys pass an RMSNorm before the rotation
 */
record LlamaFamily(double normEpsilon, Rotary rotary, boolean qkvBias, boolean outputBias, boolean mlpBias,
        boolean qkNorm) implements Family {

    /** What sets an architecture apart from Llama. A bias of null is read from {@code attention_bias}. */
    private enum Architecture {
        LLAMA("LlamaForCausalLM", null, null, false, 0),
        MISTRAL("MistralForCausalLM", false, false, false, 0),
        QWEN2("Qwen2ForCausalLM", true, false, false, 0),
        QWEN3("Qwen3ForCausalLM", null, null, true, 128);

        final String title;
        final Boolean qkvBias;
        final Boolean outputBias;
        final boolean qkNorm;
        /** head_dim where the file names none; 0: hidden_size / num_attention_heads. */
        final int headDim;

        Architecture(String title, Boolean qkvBias, Boolean outputBias, boolean qkNorm, int headDim) {
            this.title = title;
            this.qkvBias = qkvBias;
            this.outputBias = outputBias;
            this.qkNorm = qkNorm;
            this.headDim = headDim;
        }
    }

    static final List<String> ARCHITECTURES = Arrays.stream(Architecture.values()).map(a -> a.title).toList();

    static ModelConfig read(String title, ConfigJson json) {
        Architecture architecture = Architecture.values()[ARCHITECTURES.indexOf(title)];
        int hidden = json.size("hidden_size", ConfigJson.MAX_WIDTH);
        int heads = json.size("num_attention_heads", ConfigJson.MAX_HEADS);
        int keyValueHeads = json.size("num_key_value_heads", ConfigJson.MAX_HEADS, heads);
        if (heads % keyValueHeads != 0) {
            throw json.refuse("num_key_value_heads", "is " + keyValueHeads
                    + ", which does not divide num_attention_heads, " + heads);
        }
        String activation = json.text("hidden_act", "silu");
        if (!activation.equals("silu") && !activation.equals("swish")) {
            throw json.refuse("hidden_act", "is \"" + activation + "\"; only \"silu\" is supported");
        }
        int headDim = headDim(architecture, json, hidden, heads);
        int vocabulary = json.size("vocab_size", ConfigJson.MAX_TOKENS);
        boolean attentionBias = json.flag("attention_bias", false);
        LlamaFamily family = new LlamaFamily(json.number("rms_norm_eps", 1e-6, 0, 1), rotary(json, headDim),
                architecture.qkvBias != null ? architecture.qkvBias : attentionBias,
                architecture.outputBias != null ? architecture.outputBias : attentionBias,
                architecture == Architecture.LLAMA && json.flag("mlp_bias", false), architecture.qkNorm);
        return new ModelConfig(title, hidden, json.size("intermediate_size", ConfigJson.MAX_INNER),
                json.size("num_hidden_layers", ConfigJson.MAX_LAYERS), heads, keyValueHeads, headDim, vocabulary,
                context(architecture, json), json.flag("tie_word_embeddings", false), json.beginning(vocabulary),
                json.endings(vocabulary), json.text("torch_dtype", json.text("dtype", "")), family);
    }

    private static int headDim(Architecture architecture, ConfigJson json, int hidden, int heads) {
        if (json.hasNonNull("head_dim")) {
            return even(json, "head_dim", json.size("head_dim", ConfigJson.MAX_HEAD_DIM));
        }
        if (architecture.headDim > 0) {
            return architecture.headDim;
        }
        return even(json, "num_attention_heads",
                json.headWidth("num_attention_heads", heads, "hidden_size", hidden));
    }

    private static int even(ConfigJson json, String key, int headDim) {
        if (headDim % 2 != 0) {
            throw json.refuse(key, "gives heads of " + headDim + " numbers; rotary positions need an even width");
        }
        return headDim;
    }

    private static Rotary rotary(ConfigJson json, int headDim) {
        ConfigJson part = Rotary.part(json);
        String key = "partial_rotary_factor";
        if (json.number(key, 1, 0, 1) != 1 || part.number(key, 1, 0, 1) != 1) {
            throw json.refuse(key, "is not 1; heads rotated in part are not supported");
        }
        return Rotary.read(json, part, "rope_theta", headDim);
    }

    /**
     * A sliding window sees the last n tokens only. For texts of up to n tokens that is full attention exactly, so the
     * window becomes the longest text instead of a reason to refuse.
     */
    private static int context(Architecture architecture, ConfigJson json) {
        int context = json.size("max_position_embeddings", ConfigJson.MAX_TOKENS);
        boolean slides = switch (architecture) {
            case LLAMA -> false;
            case MISTRAL -> true;
            case QWEN2, QWEN3 -> slides(json);
        };
        if (architecture != Architecture.LLAMA) { // a window that Llama's config names is told, not used: Llama has none
            json.letBe("sliding_window", "max_window_layers");
        }
        if (!slides || json.has("sliding_window") && !json.hasNonNull("sliding_window")) {
            return context;
        }
        return Math.min(context, json.size("sliding_window", ConfigJson.MAX_TOKENS, 4096));
    }

    /** Qwen may name the kind of each layer; of the kinds there may be we know two. */
    private static boolean slides(ConfigJson json) {
        List<String> layers = json.names("layer_types");
        if (layers == null) {
            return json.flag("use_sliding_window", false);
        }
        int count = json.size("num_hidden_layers", ConfigJson.MAX_LAYERS);
        if (layers.size() != count) {
            throw json.refuse("layer_types", "names " + layers.size() + " layers, but num_hidden_layers is " + count);
        }
        layers.stream().filter(kind -> !kind.equals("full_attention") && !kind.equals("sliding_attention")).findFirst()
                .ifPresent(kind -> {
                    throw json.refuse("layer_types", "has a layer of the kind \"" + kind
                            + "\", which is not supported. Known are full_attention and sliding_attention");
                });
        return json.flag("use_sliding_window", false) || layers.contains("sliding_attention");
    }

    @Override
    public boolean gated() {
        return true;
    }

    @Override
    public String text() {
        return "llama.py";
    }

    @Override
    public Map<String, String> marks(ModelConfig c) {
        Map<String, String> marks = new HashMap<>();
        marks.put("half", "" + c.headDim() / 2);
        marks.put("keyValueWidth", "" + c.keyValueWidth());
        marks.put("inner", "" + c.intermediateSize());
        marks.put("epsilon", Double.toString(normEpsilon));
        marks.put("qkNorm", qkNorm ? "True" : "False");
        return marks;
    }

    @Override
    public LinkedHashMap<String, Weight> modelWeights(ModelConfig c) {
        LinkedHashMap<String, Weight> all = new LinkedHashMap<>();
        Weight embedding = Weight.of("model.embed_tokens.weight", c.vocabulary(), c.hiddenSize());
        all.put("embedding", embedding);
        all.put("norm", Weight.of("model.norm.weight", c.hiddenSize()));
        all.put("head", c.tied() ? embedding : Weight.of("lm_head.weight", c.vocabulary(), c.hiddenSize()));
        all.put("frequencies", Weight.numbers(rotary.frequencies()));
        return all;
    }

    @Override
    public LinkedHashMap<String, Weight> layerWeights(ModelConfig c, int layer) {
        String block = "model.layers." + layer + ".";
        String attention = block + "self_attn.";
        String mlp = block + "mlp.";
        int d = c.hiddenSize();
        int query = c.queryWidth();
        int key = c.keyValueWidth();
        int inner = c.intermediateSize();
        LinkedHashMap<String, Weight> all = new LinkedHashMap<>();
        all.put("inputNorm", Weight.of(block + "input_layernorm.weight", d));
        all.put("qkv", Weight.joined(Weight.of(attention + "q_proj.weight", query, d),
                Weight.of(attention + "k_proj.weight", key, d), Weight.of(attention + "v_proj.weight", key, d)));
        all.put("qkvBias", !qkvBias ? Weight.NONE : Weight.joined(Weight.of(attention + "q_proj.bias", query),
                Weight.of(attention + "k_proj.bias", key), Weight.of(attention + "v_proj.bias", key)));
        all.put("queryNorm", qkNorm ? Weight.of(attention + "q_norm.weight", c.headDim()) : Weight.NONE);
        all.put("keyNorm", qkNorm ? Weight.of(attention + "k_norm.weight", c.headDim()) : Weight.NONE);
        all.put("output", Weight.of(attention + "o_proj.weight", d, query));
        all.put("outputBias", outputBias ? Weight.of(attention + "o_proj.bias", d) : Weight.NONE);
        all.put("postNorm", Weight.of(block + "post_attention_layernorm.weight", d));
        all.put("gateUp", Weight.joined(Weight.of(mlp + "gate_proj.weight", inner, d),
                Weight.of(mlp + "up_proj.weight", inner, d)));
        all.put("gateUpBias", !mlpBias ? Weight.NONE : Weight.joined(Weight.of(mlp + "gate_proj.bias", inner),
                Weight.of(mlp + "up_proj.bias", inner)));
        all.put("down", Weight.of(mlp + "down_proj.weight", d, inner));
        all.put("downBias", mlpBias ? Weight.of(mlp + "down_proj.bias", d) : Weight.NONE);
        return all;
    }
}
