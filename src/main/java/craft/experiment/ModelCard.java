package craft.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import craft.error.FileWords;
import craft.error.InvalidInputException;
import craft.lm.ModelConfig;
import craft.lm.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.StringJoiner;

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
     * @param model as in {@link BaseModels}
     * @throws InvalidInputException when the folder is no model we can use, with what is wrong
     */
    public static ModelCard read(String model) {
        try (ModelFolder opened = ModelFolder.open(BaseModels.folder(model))) {
            opened.checkTensors();
            ModelConfig config = opened.config();
            Path folder = opened.folder().toAbsolutePath().normalize();
            Path name = folder.getFileName();
            return new ModelCard(opened.folder(), name == null ? folder.toString() : name.toString(),
                    config.architecture(), config.parameters(), config.layers(), config.hiddenSize(), config.heads(),
                    config.keyValueHeads(), config.vocabulary(), config.context(), opened.dtype().name(),
                    opened.bytes(), about(folder.resolve("about.json")));
        }
    }

    /** What it is, its licence and its limits, one a line. */
    private static String about(Path file) {
        if (!Files.isRegularFile(file)) {
            return "";
        }
        try {
            JsonNode root = new ObjectMapper().readTree(file.toFile());
            StringJoiner text = new StringJoiner("\n");
            for (String key : new String[] {"what", "licence", "license", "limits"}) {
                if (root.path(key).isTextual()) {
                    text.add(root.get(key).textValue());
                }
            }
            return text.toString();
        } catch (JsonProcessingException e) {
            throw new InvalidInputException(file + " is not valid JSON. Repair or remove it.", e);
        } catch (IOException e) {
            throw new InvalidInputException(file + " cannot be read: " + FileWords.reason(e) + ".", e);
        }
    }
}
