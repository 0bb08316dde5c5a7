package craft.lm;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import craft.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads and checks one {@code config.json}. Defaults are those of Hugging Face's configuration classes. */
final class ModelConfigReader {
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

        static String titles() {
            List<String> titles = new ArrayList<>();
            for (Architecture a : values()) {
                titles.add(a.title);
            }
            return String.join(", ", titles);
        }
    }

    private static final long MAX_FILE = 10_000_000;
    private static final int MAX_LAYERS = 1_000;
    private static final int MAX_HEADS = 4_096;
    private static final int MAX_HEAD_DIM = 8_192;
    private static final int MAX_WIDTH = 1_000_000;
    private static final int MAX_TOKENS = 100_000_000;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(100).build()).build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Path file;
    private JsonNode root;

    ModelConfigReader(Path file) {
        this.file = file;
    }

    ModelConfig read() {
        root = parse(file, MAX_FILE);
        Architecture architecture = architecture();
        if (root.hasNonNull("quantization_config")) {
            throw refuse("quantization_config", "the weights are quantised, which is not supported. "
                    + "Use the unquantised model");
        }
        int hidden = size(root, "hidden_size", MAX_WIDTH, null);
        int heads = size(root, "num_attention_heads", MAX_HEADS, null);
        int keyValueHeads = size(root, "num_key_value_heads", MAX_HEADS, heads);
        if (heads % keyValueHeads != 0) {
            throw refuse("num_key_value_heads", "is " + keyValueHeads + ", which does not divide num_attention_heads, "
                    + heads);
        }
        String activation = text("hidden_act", "silu");
        if (!activation.equals("silu") && !activation.equals("swish")) {
            throw refuse("hidden_act", "is \"" + activation + "\"; only \"silu\" is supported");
        }
        JsonNode rope = root.hasNonNull("rope_parameters") ? root.get("rope_parameters") : root.path("rope_scaling");
        checkUnscaledPart(rope);
        int vocabulary = size(root, "vocab_size", MAX_TOKENS, null);
        boolean attentionBias = flag("attention_bias", false);
        return new ModelConfig(architecture.title, hidden, size(root, "intermediate_size", 10 * MAX_WIDTH, null),
                size(root, "num_hidden_layers", MAX_LAYERS, null), heads, keyValueHeads,
                headDim(architecture, hidden, heads), vocabulary, context(architecture),
                number(root, "rms_norm_eps", 1e-6, 0, 1),
                number(root, "rope_theta", number(rope, "rope_theta", 10_000, 1, 1e12), 1, 1e12), scaling(rope),
                flag("tie_word_embeddings", false),
                architecture.qkvBias != null ? architecture.qkvBias : attentionBias,
                architecture.outputBias != null ? architecture.outputBias : attentionBias,
                architecture == Architecture.LLAMA && flag("mlp_bias", false), architecture.qkNorm,
                beginning(vocabulary), endings(vocabulary), text("torch_dtype", text("dtype", "")));
    }

    /** A JSON object of one of the model's small files. */
    static JsonNode parse(Path file, long most) {
        try {
            if (Files.size(file) > most) {
                throw new InvalidInputException(file + " has more than " + most / 1_000_000
                        + " MB; it cannot be what its name says.");
            }
            JsonNode node = JSON.readTree(Files.readAllBytes(file));
            if (node == null || !node.isObject()) {
                throw new InvalidInputException(file + " is not a JSON object. Download it again.");
            }
            return node;
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
            throw new InvalidInputException(file + where + " is not valid JSON (" + firstLine(e.getOriginalMessage())
                    + "). Download it again.", e);
        } catch (IOException e) {
            throw new InvalidInputException(file + " cannot be read: " + e + ".", e);
        }
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    private Architecture architecture() {
        JsonNode names = root.path("architectures");
        JsonNode first = names.isArray() ? names.path(0) : names;
        if (!first.isTextual()) {
            throw refuse("architectures", "names no architecture. Known are " + Architecture.titles());
        }
        for (Architecture a : Architecture.values()) {
            if (a.title.equals(first.textValue())) {
                return a;
            }
        }
        throw refuse("architectures", "is \"" + first.textValue() + "\", which is not supported. Known are "
                + Architecture.titles());
    }

    private int headDim(Architecture architecture, int hidden, int heads) {
        if (root.hasNonNull("head_dim")) {
            return even("head_dim", size(root, "head_dim", MAX_HEAD_DIM, null));
        }
        if (architecture.headDim > 0) {
            return architecture.headDim;
        }
        if (hidden % heads != 0) {
            throw refuse("num_attention_heads", "is " + heads + ", which does not divide hidden_size, " + hidden
                    + ", and there is no head_dim");
        }
        int derived = hidden / heads;
        if (derived > MAX_HEAD_DIM) {
            throw refuse("num_attention_heads", "is " + heads + ": heads of " + derived + " numbers are more than the "
                    + MAX_HEAD_DIM + " allowed");
        }
        return even("num_attention_heads", derived);
    }

    private int even(String key, int headDim) {
        if (headDim % 2 != 0) {
            throw refuse(key, "gives heads of " + headDim + " numbers; rotary positions need an even width");
        }
        return headDim;
    }

    /**
     * A sliding window sees the last n tokens only. For texts of up to n tokens that is full attention exactly, so the
     * window becomes the longest text instead of a reason to refuse.
     */
    private int context(Architecture architecture) {
        int context = size(root, "max_position_embeddings", MAX_TOKENS, null);
        boolean slides = switch (architecture) {
            case LLAMA -> false;
            case MISTRAL -> true;
            case QWEN2, QWEN3 -> flag("use_sliding_window", false);
        };
        if (!slides || root.has("sliding_window") && root.get("sliding_window").isNull()) {
            return context;
        }
        return Math.min(context, size(root, "sliding_window", MAX_TOKENS, 4096));
    }

    private void checkUnscaledPart(JsonNode rope) {
        if (!rope.isMissingNode() && !rope.isNull() && !rope.isObject()) {
            throw refuse("rope_scaling", "is not an object");
        }
        if (number(root, "partial_rotary_factor", number(rope, "partial_rotary_factor", 1, 0, 1), 0, 1) != 1) {
            throw refuse("partial_rotary_factor", "is not 1; heads rotated in part are not supported");
        }
    }

    private ModelConfig.RopeScaling scaling(JsonNode rope) {
        JsonNode type = rope.hasNonNull("rope_type") ? rope.get("rope_type") : rope.path("type");
        boolean unscaled = type.isMissingNode() && !rope.has("factor") || type.asText().equals("default");
        if (!rope.isObject() || unscaled) {
            return null;
        }
        if (!type.asText().equals("llama3")) {
            throw refuse("rope_scaling", "is of the type \"" + type.asText()
                    + "\", which is not supported. Known are \"default\" and \"llama3\"");
        }
        double factor = number(rope, "factor", null, 1, 1e6);
        double low = number(rope, "low_freq_factor", null, 1e-6, 1e6);
        double high = number(rope, "high_freq_factor", null, 1e-6, 1e6);
        if (high <= low) {
            throw refuse("high_freq_factor", "is " + high + "; it must be greater than low_freq_factor, " + low);
        }
        return new ModelConfig.RopeScaling(factor, low, high,
                size(rope, "original_max_position_embeddings", MAX_TOKENS, null));
    }

    private int beginning(int vocabulary) {
        return root.hasNonNull("bos_token_id") ? token("bos_token_id", root.get("bos_token_id"), vocabulary) : -1;
    }

    private List<Integer> endings(int vocabulary) {
        List<Integer> ids = new ArrayList<>();
        JsonNode node = root.path("eos_token_id");
        if (node.isArray()) {
            for (JsonNode id : node) {
                ids.add(token("eos_token_id", id, vocabulary));
            }
        } else if (!node.isMissingNode() && !node.isNull()) {
            ids.add(token("eos_token_id", node, vocabulary));
        }
        return ids;
    }

    private int token(String key, JsonNode node, int vocabulary) {
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 0
                || node.intValue() >= vocabulary) {
            throw refuse(key, "is " + brief(node) + "; it must be a token id from 0 to " + (vocabulary - 1));
        }
        return node.intValue();
    }

    /**
     * A whole number from 1 to {@code most}.
     *
     * @param absent value of a missing or null key; null: the key is required
     */
    private int size(JsonNode in, String key, int most, Integer absent) {
        JsonNode node = in.path(key);
        if (node.isMissingNode() || node.isNull()) {
            if (absent == null) {
                throw refuse(key, "is missing");
            }
            return absent;
        }
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 1 || node.intValue() > most) {
            throw refuse(key, "is " + brief(node) + "; it must be a whole number from 1 to " + most);
        }
        return node.intValue();
    }

    private double number(JsonNode in, String key, Double absent, double least, double most) {
        JsonNode node = in.path(key);
        if (node.isMissingNode() || node.isNull()) {
            if (absent == null) {
                throw refuse(key, "is missing");
            }
            return absent;
        }
        double value = node.doubleValue();
        if (!node.isNumber() || !(value >= least && value <= most)) {
            throw refuse(key, "is " + brief(node) + "; it must be a number from " + least + " to " + most);
        }
        return value;
    }

    private double number(JsonNode in, String key, double absent, double least, double most) {
        return number(in, key, Double.valueOf(absent), least, most);
    }

    private boolean flag(String key, boolean absent) {
        JsonNode node = root.path(key);
        if (node.isMissingNode() || node.isNull()) {
            return absent;
        }
        if (!node.isBoolean()) {
            throw refuse(key, "is " + brief(node) + "; it must be true or false");
        }
        return node.booleanValue();
    }

    private String text(String key, String absent) {
        JsonNode node = root.path(key);
        if (node.isMissingNode() || node.isNull()) {
            return absent;
        }
        if (!node.isTextual()) {
            throw refuse(key, "is " + brief(node) + "; it must be a string");
        }
        return node.textValue();
    }

    private static String brief(JsonNode node) {
        String text = node.toString();
        return text.length() > 60 ? text.substring(0, 60) + "..." : text;
    }

    private InvalidInputException refuse(String key, String reason) {
        return new InvalidInputException(file + ": \"" + key + "\" " + reason + ".");
    }
}
