package craft.experiment;

import java.nio.file.Path;

/**
 * A base model at a glance, read from its folder without loading the weights.
 *
 * @param name folder name
 * @param family architecture as in config.json, for example {@code LlamaForCausalLM}
 * @param parameters number of weights
 * @param dtype type of the weights on disk: F32, F16 or BF16
 * @param context longest sequence in tokens
 * @param bytes size of the weight files
 * @param about free text (licence, origin) of {@code about.json}, may be empty
 */
public record ModelCard(Path folder, String name, String family, long parameters, int layers, int hiddenSize,
        int heads, int keyValueHeads, int vocabulary, int context, String dtype, long bytes, String about) {

    /**
     * @param model {@code bundled:<name>} or a folder
     * @throws craft.error.InvalidInputException when the folder is no model we can use, with what is wrong
     */
    public static ModelCard read(String model) {
        throw new UnsupportedOperationException();
    }
}
