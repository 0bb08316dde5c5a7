package craft.lm;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * What sets one kind of decoder apart from the others. Everything that is particular to it stands in its one class and
 * its one text: which architectures it is, how their config is read, which tensors they have, how a block computes. Its
 * components are the options that its members differ in.
 */
sealed interface Family permits LlamaFamily, Gpt2Family, NeoXFamily {
    /**
     * The family's part of the forward pass, a class path resource: the methods {@code embed}, {@code angles},
     * {@code project}, {@code block} and {@code final_norm} that {@code decoder.py} leaves open, and its own helpers.
     */
    String text();

    /** What the marks of {@link #text()} stand for, beyond weights and what {@link DecoderText} says of any decoder. */
    Map<String, String> marks(ModelConfig c);

    /** Weights of the whole model by their marks, among them {@code head}, the LM head {@code [V, d]}. */
    LinkedHashMap<String, Weight> modelWeights(ModelConfig c);

    /** Weights of a layer by their marks, the same in every layer. */
    LinkedHashMap<String, Weight> layerWeights(ModelConfig c, int layer);

    /** Whether the feed-forward part has a gate, as SwiGLU. */
    default boolean gated() {
        return false;
    }

    /** The name by which {@link Weight} knows a tensor of the folder, where files are found with several spellings. */
    default String canonical(String tensor) {
        return tensor;
    }

    /** @throws craft.error.InvalidInputException for an architecture that none of the families knows */
    static ModelConfig read(ConfigJson json) {
        String found = json.architecture();
        for (Known family : Known.ALL) {
            if (family.architectures.contains(found)) {
                if (json.hasNonNull("quantization_config")) {
                    throw json.refuse("quantization_config", "the weights are quantised, which is not supported. "
                            + "Use the unquantised model");
                }
                return family.reader.apply(found, json);
            }
        }
        String known = Known.ALL.stream().flatMap(family -> family.architectures.stream())
                .collect(Collectors.joining(", "));
        throw json.refuse("architectures", (found.isEmpty() ? "names no architecture"
                : "is \"" + found + "\", which is not supported") + ". Known are " + known);
    }

    /** A family's architectures, as config.json names them, and the reader of their config. */
    record Known(List<String> architectures, BiFunction<String, ConfigJson, ModelConfig> reader) {
        private static final List<Known> ALL = List.of(
                new Known(LlamaFamily.ARCHITECTURES, LlamaFamily::read),
                new Known(Gpt2Family.ARCHITECTURES, Gpt2Family::read),
                new Known(NeoXFamily.ARCHITECTURES, NeoXFamily::read));
    }
}
