package craft.lm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import craft.error.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a {@code tokenizer_config.json} says beside tokenizer.json, as transformers reads it: some kinds of tokenizers put a token
 * before a text because this file says so.
 *
 * @param kind the tokenizer's class without "Fast", may be empty
 * @param addBeginning {@code add_bos_token}, null where it is left out
 * @param addEnd {@code add_eos_token}
 * @param beginning the beginning-of-text token's text, empty where none is named
 * @param root the whole file, missing where there is none
 */
record TokenizerSettings(Path file, String kind, Boolean addBeginning, boolean addEnd, String beginning, JsonNode root) {
    private static final String NAME = "tokenizer_config.json";
    private static final long MAX_BYTES = 50_000_000;
    /** Kinds whose add_bos_token goes before the template of tokenizer.json. */
    private static final Set<String> DECIDING = Set.of("LlamaTokenizer", "CodeLlamaTokenizer", "GemmaTokenizer", "CohereTokenizer",
            "GPTNeoXTokenizer");

    static TokenizerSettings beside(Path tokenizer) {
        Path file = tokenizer.resolveSibling(NAME);
        if (!Files.exists(file) && !Files.isSymbolicLink(file)) {
            return new TokenizerSettings(file, "", null, false, "", MissingNode.getInstance());
        }
        JsonNode root = ConfigJson.parse(file, MAX_BYTES);
        String kind = root.path("tokenizer_class").asText("");
        String beginning = token(root);
        Path map = tokenizer.resolveSibling("special_tokens_map.json");
        if (beginning.isEmpty() && Files.isRegularFile(map)) {
            beginning = token(ConfigJson.parse(map, MAX_BYTES));
        }
        return new TokenizerSettings(file, kind.endsWith("Fast") ? kind.substring(0, kind.length() - 4) : kind,
                flag(file, root, "add_bos_token"), Boolean.TRUE.equals(flag(file, root, "add_eos_token")), beginning, root);
    }

    private static String token(JsonNode root) {
        JsonNode token = root.path("bos_token");
        JsonNode text = token.isObject() ? token.path("content") : token;
        return text.isTextual() ? text.textValue() : "";
    }

    private static Boolean flag(Path file, JsonNode root, String key) {
        JsonNode node = root.path(key);
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        if (!node.isBoolean()) {
            throw new InvalidInputException(file + ": \"" + key + "\" is " + ConfigJson.brief(node) + "; it must be true or false.");
        }
        return node.booleanValue();
    }

    /** Whether add_bos_token goes before what tokenizer.json says of itself. */
    boolean decides() {
        return DECIDING.contains(kind);
    }

    /**
     * Whether a beginning-of-text token is wanted before a text; null where tokenizer.json alone says so. Llama's kinds want one
     * unless they are told otherwise.
     */
    Boolean wantsBeginning(TokenizerFile tokenizer) {
        if (addBeginning != null || tokenizer.template() || beginning.isEmpty()) {
            return addBeginning;
        }
        return decides() && !kind.equals("GPTNeoXTokenizer") ? Boolean.TRUE : null;
    }

    /** Where this file and tokenizer.json disagree in a way that changes tokens; tokenizer.json is heard. */
    List<String> differences(TokenizerFile tokenizer) {
        List<String> all = new ArrayList<>();
        JsonNode normalizer = tokenizer.normalizer();
        if (normalizer.path("type").asText().equals("BertNormalizer")) {
            differs(all, "do_lower_case", normalizer, "lowercase");
            differs(all, "strip_accents", normalizer, "strip_accents");
            differs(all, "tokenize_chinese_chars", normalizer, "handle_chinese_chars");
        }
        if (tokenizer.preTokenizer().path("type").asText().equals("ByteLevel")) {
            differs(all, "add_prefix_space", tokenizer.preTokenizer(), "add_prefix_space");
        }
        List<String> missing = new ArrayList<>();
        for (JsonNode token : root.path("added_tokens_decoder")) {
            String content = token.path("content").asText("");
            if (!content.isEmpty() && !tokenizer.added().containsKey(content)) {
                missing.add("\"" + (content.length() > 40 ? content.substring(0, 40) + "..." : content) + "\"");
            }
        }
        if (!missing.isEmpty()) {
            all.add(NAME + " adds tokens that tokenizer.json does not have and that are not used: " + WeightFiles.some(missing) + ".");
        }
        return all;
    }

    private void differs(List<String> to, String key, JsonNode part, String name) {
        JsonNode here = root.path(key);
        JsonNode there = part.path(name);
        if (here.isBoolean() && there.isBoolean() && here.booleanValue() != there.booleanValue()) {
            to.add(NAME + " says \"" + key + "\": " + here + ", tokenizer.json says " + there + ", which is heard.");
        }
    }
}
