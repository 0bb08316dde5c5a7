package craft.lm.easybert;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The small files of a Hugging Face folder: {@code config.json} and {@code tokenizer.json}. */
final class BertTexts {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");

    private BertTexts() {
    }

    /** As {@code transformers.BertConfig} writes it; what the checkpoint does not say is the same in all of Google's. */
    static ObjectNode config(BertJar jar, BertSize size) {
        ObjectNode config = JSON.createObjectNode();
        config.putArray("architectures").add("BertForMaskedLM");
        config.put("model_type", "bert").put("vocab_size", size.vocabulary()).put("hidden_size", size.hidden())
                .put("num_hidden_layers", size.layers()).put("num_attention_heads", size.heads())
                .put("intermediate_size", size.inner()).put("max_position_embeddings", size.positions())
                .put("type_vocab_size", size.types()).put("hidden_act", "gelu").put("layer_norm_eps", 1e-12)
                .put("hidden_dropout_prob", 0.1).put("attention_probs_dropout_prob", 0.1)
                .put("initializer_range", 0.02).put("position_embedding_type", "absolute")
                .put("pad_token_id", id(jar, "[PAD]")).put("tie_word_embeddings", true).put("torch_dtype", "float32");
        return config;
    }

    /** As the library tokenizers writes a {@code BertTokenizerFast}. */
    static ObjectNode tokenizer(BertJar jar) {
        ObjectNode root = JSON.createObjectNode();
        root.put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        for (String token : SPECIAL) {
            added.addObject().put("id", id(jar, token)).put("content", token).put("single_word", false)
                    .put("lstrip", false).put("rstrip", false).put("normalized", false).put("special", true);
        }
        root.putObject("normalizer").put("type", "BertNormalizer").put("clean_text", true)
                .put("handle_chinese_chars", true).putNull("strip_accents").put("lowercase", jar.lowerCase());
        root.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
        ObjectNode template = root.putObject("post_processor").put("type", "TemplateProcessing");
        sequence(special(template.putArray("single"), "[CLS]", 0), "A", 0);
        special((ArrayNode) template.get("single"), "[SEP]", 0);
        ArrayNode pair = special(template.putArray("pair"), "[CLS]", 0);
        special(sequence(pair, "A", 0), "[SEP]", 0);
        special(sequence(pair, "B", 1), "[SEP]", 1);
        ObjectNode used = template.putObject("special_tokens");
        for (String token : List.of("[CLS]", "[SEP]")) {
            ObjectNode entry = used.putObject(token).put("id", token);
            entry.putArray("ids").add(id(jar, token));
            entry.putArray("tokens").add(token);
        }
        root.putObject("decoder").put("type", "WordPiece").put("prefix", "##").put("cleanup", true);
        ObjectNode model = root.putObject("model").put("type", "WordPiece").put("unk_token", "[UNK]")
                .put("continuing_subword_prefix", "##").put("max_input_chars_per_word", 100);
        Map<String, Integer> words = new LinkedHashMap<>();
        for (int i = 0; i < jar.vocabulary().size(); i++) {
            words.put(jar.vocabulary().get(i), i); // of a word that is there twice the last counts, as for BERT's own reader
        }
        model.set("vocab", JSON.valueToTree(words));
        return root;
    }

    private static ArrayNode special(ArrayNode to, String token, int type) {
        to.addObject().putObject("SpecialToken").put("id", token).put("type_id", type);
        return to;
    }

    private static ArrayNode sequence(ArrayNode to, String name, int type) {
        to.addObject().putObject("Sequence").put("id", name).put("type_id", type);
        return to;
    }

    private static int id(BertJar jar, String token) {
        int id = jar.vocabulary().indexOf(token);
        if (id < 0) {
            throw jar.refuse("its vocabulary has no " + token);
        }
        return id;
    }
}
