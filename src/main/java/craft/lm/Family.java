package craft.lm;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * What sets one kind of model apart from the others. Everything that is particular to it stands in its one class and
 * its one text: which architectures it is, how their config is read, which tensors they have, how a block computes. Its
 * components are the options that its members differ in.
 */
sealed interface Family permits LlamaFamily, Gpt2Family, NeoXFamily, BertFamily {
    /**
     * The family's part of the forward pass, a class path resource: the methods {@code embed}, {@code angles},
     * {@code project}, {@code block} and {@code final_norm} that {@code decoder.py} leaves open, and its own helpers.
     */
    String text();

    /** What the marks of {@link #text()} stand for, beyond weights and what {@link DecoderText} says of any decoder. */
    Map<String, String> marks(ModelConfig c);

    /**
     * Weights of the whole model by their marks, among them {@code head}, the LM head {@code [V, d]}, and where it has a
     * bias {@code headBias} {@code [V]}.
     */
    LinkedHashMap<String, Weight> modelWeights(ModelConfig c);

    /** Weights of a layer by their marks, the same in every layer. */
    LinkedHashMap<String, Weight> layerWeights(ModelConfig c, int layer);

    /** Whether the feed-forward part has a gate, as SwiGLU. */
    default boolean gated() {
        return false;
    }

    /** How prompts and continuations lie in the model's input. */
    default Arrangement arrangement(Tokens tokens) {
        return Arrangement.CAUSAL;
    }

    /** Tokens that the model reads behind prompt and answer. */
    default int closing() {
        return 0;
    }

    /** Whether it can continue a text; if not, it only chooses among labels. */
    default boolean writesText() {
        return true;
    }

    /** The first token of a prompt that edits of some tokens can change, see {@link Arrangement#start}. */
    default int start(int promptLength, EditPositions edited) {
        return Arrangement.CAUSAL.start(promptLength, edited);
    }

    /** Rows that a sequence takes in a batch. */
    default int rows(Sequence sequence) {
        return 1;
    }

    /** Tokens of the longest of these rows. */
    default int rowLength(Sequence sequence) {
        return sequence.length();
    }

    /** The name by which {@link Weight} knows a tensor of the folder, where files are found with several spellings. */
    default String canonical(String tensor) {
        return tensor;
    }

    /**
     * Whether a tensor that the model does not need is nothing but a table that it makes for itself, such as a mask.
     *
     * @param tensor as {@link #canonical} spells it
     */
    default boolean table(String tensor, TensorEntry entry) {
        return tensor.endsWith("rotary_emb.inv_freq");
    }

    /** @throws craft.error.InvalidInputException for an architecture that none of the families knows */
    static ModelConfig read(ConfigJson json) {
        String found = json.architecture();
        Quantised.check(json);
        for (Known family : Known.ALL) {
            int at = family.architectures.indexOf(found);
            if (at >= 0) {
                String type = json.text("model_type", "");
                if (!type.isEmpty() && !type.equals(family.types.get(at))) {
                    throw json.refuse("model_type", "is \"" + type + "\", but \"architectures\" names " + found
                            + ", whose type is \"" + family.types.get(at) + "\". One of them is wrong");
                }
                json.requireEmpty("pruned_heads", "pruned attention heads are not supported");
                return family.reader.apply(found, json);
            }
        }
        String known = Known.ALL.stream().flatMap(family -> family.architectures.stream())
                .collect(Collectors.joining(", "));
        throw json.refuse("architectures", (found.isEmpty() ? "names no architecture"
                : "is \"" + found + "\", which is not supported") + ". Known are " + known);
    }

    /**
     * A family's architectures, as config.json names them, the {@code model_type} that goes with each, and the reader of their
     * config.
     */
    record Known(List<String> architectures, List<String> types, BiFunction<String, ConfigJson, ModelConfig> reader) {
        static final List<Known> ALL = List.of(
                new Known(LlamaFamily.ARCHITECTURES, List.of("llama", "mistral", "qwen2", "qwen3"), LlamaFamily::read),
                new Known(Gpt2Family.ARCHITECTURES, List.of("gpt2"), Gpt2Family::read),
                new Known(NeoXFamily.ARCHITECTURES, List.of("gpt_neox"), NeoXFamily::read),
                new Known(BertFamily.ARCHITECTURES, List.of("bert", "bert"), BertFamily::read));
    }
}
