package craft.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import craft.error.FileWords;
import craft.error.InvalidInputException;
import craft.error.Messages;
import craft.lm.ModelConfig;
import craft.lm.ModelFolder;
import craft.lm.ModelRemarks;
import craft.lm.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
 * @param remarks what of the folder is not used, or otherwise than it may have been meant: a sentence each
 */
public record ModelCard(Path folder, String name, String family, long parameters, int layers, int hiddenSize,
        int heads, int keyValueHeads, int vocabulary, int context, String dtype, long bytes, String about,
        List<String> remarks) {
    public ModelCard {
        remarks = List.copyOf(remarks);
    }

    /**
     * @param model as in {@link BaseModels}
     * @throws InvalidInputException when the folder is no model we can use, with what is wrong
     */
    public static ModelCard read(String model) {
        try (ModelFolder opened = ModelFolder.open(BaseModels.folder(model)); Tokens tokens = opened.tokens()) {
            List<String> remarks = ModelRemarks.of(opened, tokens);
            ModelConfig config = opened.config();
            Path folder = opened.folder().toAbsolutePath().normalize();
            Path name = folder.getFileName();
            return new ModelCard(opened.folder(), name == null ? folder.toString() : name.toString(),
                    config.architecture(), config.parameters(), config.layers(), config.hiddenSize(), config.heads(),
                    config.keyValueHeads(), config.vocabulary(), config.context(), opened.dtype().name(),
                    opened.bytes(), about(folder.resolve("about.json")), remarks);
        }
    }

    /**
     * Looks at every weight, once in the life of this program.
     *
     * @throws InvalidInputException when one of them is not finite, naming it
     */
    public void checkNumbers() {
        try (ModelFolder opened = ModelFolder.open(folder)) {
            opened.checkNumbers();
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
