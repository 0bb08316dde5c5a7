package craft.lm;

import craft.error.InvalidInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * BERT (Devlin et al. 2019) with its masked language model head: two-way attention, post-norm blocks with LayerNorm,
 * learned positions, one kind of segment. The head is a dense layer, an activation and LayerNorm, then the word embeddings
 * as a matrix and a bias. Old files name the parts of LayerNorm gamma and beta.
 */
record BertFamily(double normEpsilon, Activation activation, int types) implements Family {
    static final List<String> ARCHITECTURES = List.of("BertForMaskedLM", "BertForPreTraining");

    private static final String MASK = "[MASK]";
    private static final String EMBEDDINGS = "bert.embeddings.";
    private static final String HEAD = "cls.predictions.";
    private static final int MAX_TYPES = 1000;

    static ModelConfig read(String title, ConfigJson json) {
        int hidden = json.size("hidden_size", ConfigJson.MAX_WIDTH);
        int heads = json.size("num_attention_heads", ConfigJson.MAX_HEADS);
        int headDim = json.headWidth("num_attention_heads", heads, "hidden_size", hidden);
        int vocabulary = json.size("vocab_size", ConfigJson.MAX_TOKENS);
        if (json.flag("is_decoder", false)) {
            throw json.refuse("is_decoder", "is true, which is not supported");
        }
        if (json.flag("add_cross_attention", false)) {
            throw json.refuse("add_cross_attention", "is true, which is not supported");
        }
        String positions = json.text("position_embedding_type", "absolute");
        if (!positions.equals("absolute")) {
            throw json.refuse("position_embedding_type", "is \"" + positions + "\", which is not supported");
        }
        BertFamily family = new BertFamily(json.number("layer_norm_eps", 1e-12, 0, 1),
                Activation.read(json, "hidden_act", "gelu"), json.size("type_vocab_size", MAX_TYPES, 2));
        return new ModelConfig(title, hidden, json.size("intermediate_size", ConfigJson.MAX_INNER),
                json.size("num_hidden_layers", ConfigJson.MAX_LAYERS), heads, heads, headDim, vocabulary,
                json.size("max_position_embeddings", ConfigJson.MAX_TOKENS), json.flag("tie_word_embeddings", true), -1,
                List.of(), json.text("torch_dtype", json.text("dtype", "")), family);
    }

    /** The pooler and the guess whether two sentences follow each other have no part in filling in masks. */
    @Override
    public boolean table(String tensor, TensorEntry entry) {
        return tensor.endsWith("position_ids") || tensor.endsWith("token_type_ids") || tensor.startsWith("bert.pooler.")
                || tensor.startsWith("cls.seq_relationship.");
    }

    @Override
    public String text() {
        return "bert.py";
    }

    /** @throws InvalidInputException when the tokenizer has no mask */
    @Override
    public Arrangement arrangement(Tokens tokens) {
        int mask = tokens.special(MASK);
        if (mask < 0) {
            throw new InvalidInputException("The model's tokenizer.json has no token " + MASK
                    + ": it does not belong to a masked language model. Get it again from where the model came from.");
        }
        return new MaskedArrangement(mask, tokens.closing());
    }

    /** [SEP]. */
    @Override
    public int closing() {
        return 1;
    }

    @Override
    public boolean writesText() {
        return false;
    }

    @Override
    public int start(int promptLength, EditPositions edited) {
        return 0;
    }

    @Override
    public int rows(Sequence sequence) {
        return MaskedLayout.lengths(sequence).length;
    }

    @Override
    public int rowLength(Sequence sequence) {
        int[] lengths = MaskedLayout.lengths(sequence);
        return sequence.prompt().length + lengths[lengths.length - 1] + closing();
    }

    @Override
    public String canonical(String tensor) {
        return tensor.replaceFirst("LayerNorm\\.gamma$", "LayerNorm.weight").replaceFirst("LayerNorm\\.beta$", "LayerNorm.bias");
    }

    @Override
    public Map<String, String> marks(ModelConfig c) {
        return Map.of("epsilon", Double.toString(normEpsilon), "activation", activation.call());
    }

    @Override
    public LinkedHashMap<String, Weight> modelWeights(ModelConfig c) {
        int d = c.hiddenSize();
        LinkedHashMap<String, Weight> all = new LinkedHashMap<>();
        Weight embedding = Weight.of(EMBEDDINGS + "word_embeddings.weight", c.vocabulary(), d);
        all.put("embedding", embedding);
        all.put("places", Weight.of(EMBEDDINGS + "position_embeddings.weight", c.context(), d));
        all.put("types", Weight.of(EMBEDDINGS + "token_type_embeddings.weight", types, d));
        norm(all, "embeddingNorm", EMBEDDINGS, d);
        all.put("transform", Weight.of(HEAD + "transform.dense.weight", d, d));
        all.put("transformBias", Weight.of(HEAD + "transform.dense.bias", d));
        norm(all, "norm", HEAD + "transform.", d);
        all.put("head", c.tied() ? embedding : Weight.of(HEAD + "decoder.weight", c.vocabulary(), d));
        all.put("headBias", Weight.of(HEAD + "bias", c.vocabulary()));
        return all;
    }

    @Override
    public LinkedHashMap<String, Weight> layerWeights(ModelConfig c, int layer) {
        String block = "bert.encoder.layer." + layer + ".";
        String self = block + "attention.self.";
        int d = c.hiddenSize();
        int inner = c.intermediateSize();
        LinkedHashMap<String, Weight> all = new LinkedHashMap<>();
        all.put("qkv", Weight.joined(Weight.of(self + "query.weight", d, d), Weight.of(self + "key.weight", d, d),
                Weight.of(self + "value.weight", d, d)));
        all.put("qkvBias", Weight.joined(Weight.of(self + "query.bias", d), Weight.of(self + "key.bias", d),
                Weight.of(self + "value.bias", d)));
        all.put("output", Weight.of(block + "attention.output.dense.weight", d, d));
        all.put("outputBias", Weight.of(block + "attention.output.dense.bias", d));
        norm(all, "attentionNorm", block + "attention.output.", d);
        all.put("up", Weight.of(block + "intermediate.dense.weight", inner, d));
        all.put("upBias", Weight.of(block + "intermediate.dense.bias", inner));
        all.put("down", Weight.of(block + "output.dense.weight", d, inner));
        all.put("downBias", Weight.of(block + "output.dense.bias", d));
        norm(all, "outputNorm", block + "output.", d);
        return all;
    }

    private static void norm(Map<String, Weight> all, String mark, String where, long width) {
        all.put(mark, Weight.of(where + "LayerNorm.weight", width));
        all.put(mark + "Bias", Weight.of(where + "LayerNorm.bias", width));
    }
}
