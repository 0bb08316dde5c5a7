package craft.experiment.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import craft.error.FileWords;
import craft.error.InvalidInputException;
import craft.experiment.Bundled;
import craft.experiment.Json;
import craft.lm.FloatTensor;
import craft.lm.ModelConfig;
import craft.lm.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A model folder with random weights, to measure the speed of a shape. All layers are alike, so that Java holds no more than
 * one of them; the time a pass takes does not depend on it. Closing removes the folder.
 */
final class RandomModel implements AutoCloseable {
    private static final String WEIGHTS = "model.safetensors";

    private final Path parent;
    private final Path folder;

    private RandomModel(Path parent, String name) {
        this.parent = parent;
        this.folder = parent.resolve(name);
    }

    /** Sizes of a Llama with tied head. */
    record Shape(String name, int hidden, int layers, int heads, int keyValueHeads, int intermediate, int vocabulary,
            int context) {
        /** The shape of SmolLM2 135M. */
        static final Shape OF_135M = new Shape("random-135m", 576, 30, 9, 3, 1536, 49_152, 2048);
    }

    /** Writes a new folder within the system's temporary one. */
    static RandomModel write(Shape shape) {
        try {
            RandomModel model = new RandomModel(Files.createTempDirectory("craft-bench-"), shape.name);
            try {
                model.fill(shape);
                return model;
            } catch (IOException | RuntimeException | Error e) {
                model.close();
                throw e;
            }
        } catch (IOException e) {
            throw new InvalidInputException("The random model cannot be written to the temporary folder: " + FileWords.reason(e)
                    + ". Name a folder with room (java -Djava.io.tmpdir=<folder>), or leave it out (--skip-135m).", e);
        }
    }

    private void fill(Shape shape) throws IOException {
        Files.createDirectory(folder);
        Path config = Files.writeString(folder.resolve("config.json"), config(shape));
        Files.copy(Bundled.model("seedling").resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
        // what an interrupted process leaves behind is removed at its end, the folders last
        for (Path path : List.of(parent, folder, config, folder.resolve("tokenizer.json"), folder.resolve(WEIGHTS))) {
            path.toFile().deleteOnExit();
        }
        SafeTensors.write(folder.resolve(WEIGHTS), weights(ModelConfig.read(config)), Map.of("format", "pt"));
    }

    Path folder() {
        return folder;
    }

    private static String config(Shape s) {
        ObjectNode config = Json.mapper().createObjectNode();
        config.putArray("architectures").add("LlamaForCausalLM");
        return config.put("hidden_size", s.hidden).put("intermediate_size", s.intermediate)
                .put("num_hidden_layers", s.layers).put("num_attention_heads", s.heads)
                .put("num_key_value_heads", s.keyValueHeads).put("vocab_size", s.vocabulary)
                .put("max_position_embeddings", s.context).put("rms_norm_eps", 1e-5).put("rope_theta", 1e5)
                .put("tie_word_embeddings", true).put("torch_dtype", "float32").toString();
    }

    private static TreeMap<String, FloatTensor> weights(ModelConfig config) {
        SplittableRandom random = new SplittableRandom(1);
        Map<String, FloatTensor> ofOneLayer = new HashMap<>();
        TreeMap<String, FloatTensor> all = new TreeMap<>();
        config.expectedTensors().forEach((name, shape) -> all.put(name,
                ofOneLayer.computeIfAbsent(name.replaceFirst("layers\\.\\d+\\.", "layers."), n -> tensor(shape, random))));
        return all;
    }

    /** Scales 1; matrices uniform with a variance of 1 / columns, which keeps the size of what passes through. */
    private static FloatTensor tensor(long[] shape, SplittableRandom random) {
        float[] values = new float[Math.toIntExact(shape.length == 1 ? shape[0] : shape[0] * shape[1])];
        double bound = Math.sqrt(3.0 / shape[shape.length - 1]);
        for (int i = 0; i < values.length; i++) {
            values[i] = shape.length == 1 ? 1 : (float) ((2 * random.nextDouble() - 1) * bound);
        }
        return new FloatTensor(shape, values);
    }

    @Override
    public void close() {
        try {
            for (String file : List.of(WEIGHTS, "config.json", "tokenizer.json", "")) {
                Files.deleteIfExists(folder.resolve(file));
            }
            Files.deleteIfExists(parent);
        } catch (IOException e) {
            // Windows does not remove a file that is still mapped: deleteOnExit does it then, and nothing depends on it.
            parent.toFile().deleteOnExit();
        }
    }
}
