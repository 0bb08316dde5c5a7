package craft.lm;

import craft.error.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A base model's folder as Hugging Face lays it out: {@code config.json}, {@code tokenizer.json}, and the weights in
 * {@code model.safetensors} or in shards listed by {@code model.safetensors.index.json}. Opening reads headers only;
 * weights stay on the disk until they are asked for, whatever file they are in.
 */
public final class ModelFolder implements AutoCloseable {
    /** Weight files that were found to hold finite numbers only, by path, size and time: they are not looked at twice. */
    private static final Set<String> LOOKED_AT = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final ModelConfig config;
    private final TokenizerFile tokenizer;
    private final Map<String, Place> byName;
    private final Set<SafeTensors> files;
    private final long bytes;
    private final List<String> said;

    /** Where a tensor lies; a file may spell its name otherwise than {@link ModelConfig#expectedTensors()}. */
    private record Place(SafeTensors file, String name) {
    }

    private ModelFolder(Path folder, ModelConfig.Reading reading, TokenizerFile tokenizer, WeightFiles weights) throws IOException {
        this.folder = folder;
        this.config = reading.config();
        this.tokenizer = tokenizer;
        this.byName = Collections.unmodifiableMap(canonical(folder, config, weights.byName()));
        this.files = weights.files();
        this.said = Stream.concat(reading.remarks().stream(), weights.remarks().stream()).toList();
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
            throw new InvalidInputException(Files.isSymbolicLink(folder) ? folder + " is a link that leads nowhere."
                    : "There is no model folder " + folder + ".");
        }
        if (WeightFiles.pickle(folder)) {
            throw WeightFiles.refusePickle(folder.toString());
        }
        if (!Files.isDirectory(folder)) {
            throw NoModel.at(folder);
        }
        WrongContent.check(folder.resolve("config.json"), false);
        if (!Files.isRegularFile(folder.resolve("config.json"))) {
            throw NoModel.in(folder);
        }
        ModelConfig.Reading reading = ModelConfig.reading(folder.resolve("config.json"));
        TokenizerFile tokenizer = TokenizerFile.in(folder);
        WeightFiles weights = WeightFiles.find(folder);
        try {
            return new ModelFolder(folder, reading, tokenizer, weights);
        } catch (IOException e) {
            throw WrongContent.unreadable(folder, e);
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

    /** The tokenizer, of the file as it was read when the folder was opened; close it. @throws InvalidInputException when it is broken */
    public Tokens tokens() {
        return Tokens.of(tokenizer(), tokenizer);
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
            boolean head = !config.tied() && !config.family().modelWeights(config).get("head").tensors().isEmpty()
                    && config.family().modelWeights(config).get("head").tensors().get(0).name().equals(name);
            throw new InvalidInputException("The weights of " + folder + " lack the tensor \"" + name
                    + "\". They do not belong to its config.json" + (head
                    ? ", or that has to say \"tie_word_embeddings\": true, where the embedding is the head, too." : "."));
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

    /**
     * What of the folder is not used, or is used otherwise than it may have been meant: a sentence each. To be asked once
     * {@link #checkTensors()} has passed.
     */
    public List<String> remarks() {
        return Stream.concat(said.stream(), Stream.concat(adapter(), UnusedWeights.remarks(this).stream())).toList();
    }

    private Stream<String> adapter() {
        return Files.exists(folder.resolve("adapter_config.json"))
                ? Stream.of("An adapter of PEFT lies in the model's folder (adapter_config.json); it is not used.") : Stream.empty();
    }

    /**
     * Reads all weights that the config asks for, once in the life of this program.
     *
     * @throws InvalidInputException when one of them holds a number that is not finite
     */
    public void checkNumbers() {
        List<String> keys = new ArrayList<>();
        for (SafeTensors file : files) {
            try {
                keys.add(file.file().toRealPath() + "|" + Files.size(file.file()) + "|" + Files.getLastModifiedTime(file.file()) + "|"
                        + config.hashCode());
            } catch (IOException e) {
                throw WrongContent.unreadable(file.file(), e);
            }
        }
        if (LOOKED_AT.containsAll(keys)) {
            return;
        }
        List<String> bad = new ArrayList<>();
        for (String name : expectedTensors().keySet()) {
            long count = place(name).file.notFinite(place(name).name);
            if (count > 0) {
                bad.add("\"" + name + "\" (" + count + " of " + entry(name).elements() + ")");
            }
        }
        if (!bad.isEmpty()) {
            throw notFinite(bad);
        }
        LOOKED_AT.addAll(keys);
    }

    /** As {@link ModelConfig#expectedTensors()}. */
    public Map<String, long[]> expectedTensors() {
        return config.expectedTensors();
    }

    /** @param bad names with counts */
    InvalidInputException notFinite(List<String> bad) {
        return new InvalidInputException("The weights of " + folder + " hold values that are not numbers (NaN or infinite) in "
                + WeightFiles.some(bad) + ". The file is damaged, or the model's training went wrong: download it again.");
    }

    /** @throws InvalidInputException on the first tensor that the config asks for and that is missing or unfit */
    public void checkTensors() {
        try {
            expectedTensors().forEach(this::requireTensor);
        } catch (InvalidInputException e) {
            throw Quantised.sign(this).map(sign -> new InvalidInputException(sign, e)).orElse(e);
        }
    }

    @Override
    public void close() {
        files.forEach(SafeTensors::close);
    }
}
