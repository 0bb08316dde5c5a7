package craft.lm;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import craft.error.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A base model's folder as Hugging Face lays it out: {@code config.json}, {@code tokenizer.json}, and the weights in
 * {@code model.safetensors} or in shards listed by {@code model.safetensors.index.json}. Opening reads headers only;
 * weights stay on the disk until they are asked for, whatever file they are in.
 */
public final class ModelFolder implements AutoCloseable {
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    private static final long MAX_INDEX = 100_000_000;
    private static final List<String> PICKLES = List.of(".bin", ".pt", ".pth", ".ckpt", ".pkl");

    private final Path folder;
    private final ModelConfig config;
    private final Map<String, Place> byName;
    private final Set<SafeTensors> files;
    private final long bytes;

    /** Where a tensor lies; a file may spell its name otherwise than {@link ModelConfig#expectedTensors()}. */
    private record Place(SafeTensors file, String name) {
    }

    private ModelFolder(Path folder, ModelConfig config, Map<String, SafeTensors> byName, Set<SafeTensors> files)
            throws IOException {
        this.folder = folder;
        this.config = config;
        this.byName = Collections.unmodifiableMap(canonical(folder, config, byName));
        this.files = files;
        long sum = 0;
        for (SafeTensors file : files) {
            sum += Files.size(file.file());
        }
        this.bytes = sum;
    }

    private static Map<String, Place> canonical(Path folder, ModelConfig config, Map<String, SafeTensors> byName) {
        Map<String, Place> places = new LinkedHashMap<>();
        byName.forEach((name, file) -> {
            Place before = places.put(config.family().canonical(name), new Place(file, name));
            if (before != null) {
                throw new InvalidInputException("The weights of " + folder + " hold the same tensor twice, as \""
                        + before.name + "\" and as \"" + name + "\". Download them again.");
            }
        });
        return places;
    }

    /**
     * Checks that all files are there and readable. Whether the weights fit the config is left to
     * {@link #checkTensors()}.
     *
     * @throws InvalidInputException when something is missing, damaged or unsafe; the message says what and what to do
     */
    public static ModelFolder open(Path folder) {
        if (!Files.exists(folder)) {
            throw new InvalidInputException("There is no model folder " + folder + ".");
        }
        if (pickle(folder)) {
            throw refusePickle(folder.toString());
        }
        if (!Files.isDirectory(folder)) {
            throw new InvalidInputException(folder + " is a file. Name the folder that holds config.json,"
                    + " tokenizer.json and model.safetensors.");
        }
        if (!Files.isRegularFile(folder.resolve("config.json"))) {
            throw new InvalidInputException(folder + " is not a model folder: it has no config.json.");
        }
        ModelConfig config = ModelConfig.read(folder.resolve("config.json"));
        checkTokenizer(folder);
        try {
            if (Files.isRegularFile(folder.resolve(SINGLE))) {
                SafeTensors file = SafeTensors.open(folder.resolve(SINGLE));
                Map<String, SafeTensors> byName = new LinkedHashMap<>();
                file.names().forEach(name -> byName.put(name, file));
                return new ModelFolder(folder, config, byName, Set.of(file));
            }
            if (Files.isRegularFile(folder.resolve(INDEX))) {
                return sharded(folder, config);
            }
            throw noWeights(folder);
        } catch (IOException e) {
            throw new InvalidInputException(folder + " cannot be read: " + e + ".", e);
        }
    }

    private static ModelFolder sharded(Path folder, ModelConfig config) throws IOException {
        Path index = folder.resolve(INDEX);
        JsonNode map = ConfigJson.parse(index, MAX_INDEX).path("weight_map");
        if (!map.isObject() || map.isEmpty()) {
            throw new InvalidInputException(index + " has no \"weight_map\" from tensors to files. Download it again.");
        }
        Map<String, SafeTensors> shards = new TreeMap<>();
        Map<String, SafeTensors> byName = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            SafeTensors shard = shards.computeIfAbsent(shardName(index, entry), name -> openShard(folder, name));
            if (!shard.names().contains(entry.getKey())) {
                throw new InvalidInputException(shard.file() + " has no tensor \"" + entry.getKey() + "\", which "
                        + INDEX + " looks for there. Download both again.");
            }
            byName.put(entry.getKey(), shard);
        }
        return new ModelFolder(folder, config, byName, Set.copyOf(shards.values()));
    }

    private static SafeTensors openShard(Path folder, String name) {
        if (!Files.isRegularFile(folder.resolve(name))) {
            throw new InvalidInputException(folder + " lacks the weight file " + name + ", which " + INDEX
                    + " names. Download it.");
        }
        return SafeTensors.open(folder.resolve(name));
    }

    /** A shard lies in the model's own folder: an index must not lead us elsewhere. */
    private static String shardName(Path index, Map.Entry<String, JsonNode> entry) {
        String name = entry.getValue().isTextual() ? entry.getValue().textValue() : "";
        if (!name.endsWith(".safetensors") || name.contains("/") || name.contains("\\") || name.contains("\0")) {
            throw new InvalidInputException(index + " names " + entry.getValue() + " for tensor \"" + entry.getKey()
                    + "\"; it must be a .safetensors file of the same folder.");
        }
        return name;
    }

    private static InvalidInputException noWeights(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            List<Path> found = all.filter(Files::isRegularFile).sorted().toList();
            for (Path file : found) {
                if (pickle(file)) {
                    return refusePickle(folder + " has its weights in " + file.getFileName() + ", which");
                }
            }
            String others = found.stream().map(f -> f.getFileName().toString())
                    .filter(n -> n.endsWith(".safetensors") || n.endsWith(".gguf")).collect(Collectors.joining(", "));
            return new InvalidInputException(folder + " has no weights: neither " + SINGLE + " nor " + INDEX
                    + " is there" + (others.isEmpty() ? "" : " (only " + others + ")") + ".");
        }
    }

    private static boolean pickle(Path file) {
        Path name = file.getFileName();
        return name != null && PICKLES.stream().anyMatch(name.toString().toLowerCase(Locale.ROOT)::endsWith)
                && !Files.isDirectory(file);
    }

    private static InvalidInputException refusePickle(String subject) {
        return new InvalidInputException(subject + " is refused: that is a pickle, and opening one can run any program"
                + " hidden in it. Convert the model to safetensors"
                + " (in Python: model.save_pretrained(folder, safe_serialization=True)).");
    }

    /** That it is JSON with a "model" can be told cheaply; the rest shows when the tokenizer is made. */
    private static void checkTokenizer(Path folder) {
        Path file = folder.resolve("tokenizer.json");
        if (!Files.isRegularFile(file)) {
            throw new InvalidInputException(folder + " has no tokenizer.json."
                    + (Files.exists(folder.resolve("tokenizer.model"))
                            ? " A tokenizer.model is not enough; save the tokenizer as a fast one"
                                    + " (in Python: AutoTokenizer.from_pretrained(folder).save_pretrained(folder))."
                            : " Download it."));
        }
        boolean model = false;
        try (JsonParser json = new JsonFactory().createParser(file.toFile())) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new InvalidInputException(file + " is not a JSON object. Download it again.");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String key = json.currentName();
                model |= json.nextToken() == JsonToken.START_OBJECT && key.equals("model");
                json.skipChildren();
            }
        } catch (JsonProcessingException e) {
            throw new InvalidInputException(file + " is not valid JSON (" + e.getOriginalMessage().lines().findFirst()
                    .orElse("") + "). Download it again.", e);
        } catch (IOException e) {
            throw new InvalidInputException(file + " cannot be read: " + e + ".", e);
        }
        if (!model) {
            throw new InvalidInputException(file + " has no \"model\": it is not a tokenizer. Download it again.");
        }
    }

    public Path folder() {
        return folder;
    }

    public ModelConfig config() {
        return config;
    }

    public Path tokenizer() {
        return folder.resolve("tokenizer.json");
    }

    /** Bytes of all weight files together. */
    public long bytes() {
        return bytes;
    }

    /** The weight files, sorted. */
    public List<Path> weightFiles() {
        return files.stream().map(SafeTensors::file).sorted().toList();
    }

    /** Type of most of the weights that the config asks for, by bytes. F32 where there are none. */
    public DType dtype() {
        Map<DType, Long> sums = new EnumMap<>(DType.class);
        for (String name : config.expectedTensors().keySet()) {
            if (byName.containsKey(name)) {
                sums.merge(entry(name).dtype(), entry(name).bytes(), Long::sum);
            }
        }
        return sums.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).orElse(DType.F32);
    }

    /** Names of all tensors, spelt as in {@link ModelConfig#expectedTensors()}. */
    public Set<String> names() {
        return byName.keySet();
    }

    /** @throws InvalidInputException when there is no tensor of that name */
    public TensorEntry entry(String name) {
        return place(name).file.entry(place(name).name);
    }

    /** As {@link SafeTensors#floats}. */
    public float[] floats(String name) {
        return place(name).file.floats(place(name).name);
    }

    /** As {@link SafeTensors#floats(String, long, float[], int)}. */
    public void floats(String name, long from, float[] to, int count) {
        place(name).file.floats(place(name).name, from, to, count);
    }

    /** As {@link SafeTensors#buffer(String)}. */
    public ByteBuffer buffer(String name) {
        return place(name).file.buffer(place(name).name);
    }

    /** As {@link SafeTensors#buffer(String, long, int)}. */
    public ByteBuffer buffer(String name, long from, int length) {
        return place(name).file.buffer(place(name).name, from, length);
    }

    private Place place(String name) {
        Place place = byName.get(name);
        if (place == null) {
            throw new InvalidInputException("The weights of " + folder + " lack the tensor \"" + name
                    + "\". They do not belong to its config.json.");
        }
        return place;
    }

    /**
     * A tensor that must be there as weights of exactly this shape.
     *
     * @throws InvalidInputException when it is missing, of another shape, or not F32, F16 or BF16
     */
    public TensorEntry requireTensor(String name, long... shape) {
        TensorEntry entry = entry(name);
        if (!entry.hasShape(shape)) {
            throw new InvalidInputException("Tensor \"" + name + "\" of " + place(name).file.file() + " has the shape "
                    + Arrays.toString(entry.shape()) + ", but by config.json it must be " + Arrays.toString(shape)
                    + ".");
        }
        if (!entry.dtype().convertible()) {
            throw new InvalidInputException("Tensor \"" + name + "\" of " + place(name).file.file() + " is of type "
                    + entry.dtype() + "; weights must be F32, F16 or BF16.");
        }
        return entry;
    }

    /** As {@link ModelConfig#expectedTensors()}. */
    public Map<String, long[]> expectedTensors() {
        return config.expectedTensors();
    }

    /** @throws InvalidInputException on the first tensor that the config asks for and that is missing or unfit */
    public void checkTensors() {
        expectedTensors().forEach(this::requireTensor);
    }

    @Override
    public void close() {
        files.forEach(SafeTensors::close);
    }
}
