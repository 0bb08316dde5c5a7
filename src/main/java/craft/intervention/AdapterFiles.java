package craft.intervention;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import craft.error.FileWords;
import craft.error.InvalidInputException;
import craft.lm.FloatTensor;
import craft.lm.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Trained adapters of any kind as files, complete enough to use and to trace them: {@value #TENSORS} with the tensors
 * {@code group.<g>.<name>}, all float32, whose names are those of {@link Adapter#tensors()}; and {@value #DESCRIPTION} with the
 * kind of each group's adapter, what its numbers mean, and where all come from. What earlier versions wrote is read too.
 */
public final class AdapterFiles {
    public static final String TENSORS = "adapters.safetensors";
    public static final String DESCRIPTION = "adapters.json";

    private static final String FORMAT = "craft-adapters";
    private static final int VERSION = 2;

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES) // later versions may say more
            .build();

    private AdapterFiles() {
    }

    /** Which group answers a task. */
    public record TaskGroup(String task, int group) {
    }

    /**
     * Where adapters come from.
     *
     * @param method name of the method, for people
     * @param seed the run's seed
     * @param baseModel name or folder of the base model, as the run's recipe says it
     * @param baseModelSha256 file name to SHA-256 (hexadecimal) of the base model's files, empty while unknown
     * @param options the recipe's choice of sites
     * @param tasks the tasks trained so far, in their order
     * @param changedAfter for each group, the 1-based task after which its numbers changed last
     */
    public record Origin(String method, long seed, String baseModel, Map<String, String> baseModelSha256,
            SiteOptions options, List<TaskGroup> tasks, List<Integer> changedAfter) {
        public Origin {
            baseModelSha256 = new TreeMap<>(baseModelSha256); // sorted, so that equal adapters give equal files
            tasks = List.copyOf(tasks);
            changedAfter = List.copyOf(changedAfter);
        }
    }

    /** What the files hold, group 1 first. */
    public record Contents(List<Adapter> groups, Origin origin) {
        public Contents {
            groups = List.copyOf(groups);
        }
    }

    /** The JSON file. {@code groups} describes the tensors; reading compares the two. */
    private record Description(String format, int version, List<AdapterShape> groups, Origin origin) {
    }

    /** The two files of a folder, under the names they have there. */
    private record Pair(Path description, Path tensors, boolean earlier) {
        static Pair in(Path folder) {
            Path description = folder.resolve(DESCRIPTION);
            Path earlier = folder.resolve(EarlierAdapterFiles.DESCRIPTION);
            Path earlierTensors = folder.resolve(EarlierAdapterFiles.TENSORS);
            boolean ours = Files.exists(description) || Files.exists(folder.resolve(TENSORS));
            return !ours && (Files.exists(earlier) || Files.exists(earlierTensors))
                    ? new Pair(earlier, earlierTensors, true) : new Pair(description, folder.resolve(TENSORS), false);
        }

        void requireBoth() {
            for (Path file : List.of(description, tensors)) {
                if (!Files.exists(file)) {
                    throw new InvalidInputException("There is no file " + file + ": trained adapters are two files in one folder, "
                            + description.getFileName() + " and " + tensors.getFileName() + ". Put it back from a copy.");
                }
            }
        }
    }

    /**
     * Writes both files into a folder that exists; files of these names are overwritten. Equal input gives equal bytes.
     *
     * @return the files written
     * @throws IOException when a file cannot be written
     */
    public static List<Path> write(Path folder, Contents contents) throws IOException {
        SortedMap<String, FloatTensor> tensors = new TreeMap<>();
        List<AdapterShape> shapes = new ArrayList<>();
        for (int g = 1; g <= contents.groups.size(); g++) {
            String prefix = GroupTensors.prefix(g);
            Adapter adapter = contents.groups.get(g - 1);
            adapter.tensors().forEach((name, tensor) -> tensors.put(prefix + name, tensor));
            shapes.add(AdapterShape.of(g, adapter));
        }
        Path file = folder.resolve(TENSORS);
        SafeTensors.write(file, tensors, Map.of("format", FORMAT, "version", Integer.toString(VERSION)));
        Path description = folder.resolve(DESCRIPTION);
        DefaultIndenter lines = new DefaultIndenter("  ", "\n"); // the same bytes on every system
        Files.write(description, MAPPER.writer(new DefaultPrettyPrinter().withObjectIndenter(lines))
                .writeValueAsBytes(new Description(FORMAT, VERSION, shapes, contents.origin)));
        return List.of(file, description);
    }

    /**
     * Reads both files of a folder and makes the adapters again that were written.
     *
     * @throws InvalidInputException when one is missing, or damaged, which are told apart; when they do not fit each other; or
     *     when a rotation is not orthonormal to 1e-4
     */
    public static Contents read(Path folder) {
        Pair pair = Pair.in(folder);
        pair.requireBoth();
        try {
            return read(pair);
        } catch (InvalidInputException e) {
            throw new InvalidInputException("The trained adapters in " + folder + " are damaged: " + e.getMessage() + " Put "
                    + pair.description.getFileName() + " and " + pair.tensors.getFileName() + " back from a copy.", e);
        }
    }

    private static Contents read(Pair pair) {
        List<Adapter> groups = new ArrayList<>();
        TreeSet<String> used = new TreeSet<>();
        Description description;
        try (SafeTensors tensors = SafeTensors.open(pair.tensors)) {
            description = describe(pair, tensors);
            for (AdapterShape shape : description.groups) {
                if (shape.group() != groups.size() + 1) {
                    throw new InvalidInputException(pair.description + " describes group " + shape.group() + " where group "
                            + (groups.size() + 1) + " belongs.");
                }
                groups.add(shape.adapter(new GroupTensors(tensors, shape.group(), pair.description, used)));
            }
            for (String name : tensors.names()) {
                if (!used.contains(name)) {
                    throw new InvalidInputException(pair.tensors + " has a tensor \"" + name + "\" that " + pair.description
                            + " does not describe. The two files do not belong together.");
                }
            }
        }
        for (TaskGroup task : description.origin.tasks) {
            if (task.group < 1 || task.group > groups.size()) {
                throw new InvalidInputException(pair.description + " puts task \"" + task.task + "\" into group " + task.group
                        + ", but there are groups 1 to " + groups.size() + ".");
            }
        }
        return new Contents(groups, description.origin);
    }

    private static Description describe(Pair pair, SafeTensors tensors) {
        Path file = pair.description;
        try {
            JsonNode tree = MAPPER.readTree(Files.readAllBytes(file));
            int version = tree.path("version").asInt();
            String format = pair.earlier ? EarlierAdapterFiles.FORMAT : FORMAT;
            if (!format.equals(tree.path("format").asText()) || version < 1 || version > VERSION) {
                throw new InvalidInputException(file + " is not of format \"" + format + "\", version 1 to " + VERSION
                        + ". It may have been written by a newer version of the program.");
            }
            Description description = MAPPER.treeToValue(pair.earlier ? EarlierAdapterFiles.interventions(tree)
                    : version == 1 ? EarlierAdapterFiles.adapters(tree, tensors, MAPPER) : tree, Description.class);
            if (description.groups == null || description.groups.contains(null) || description.origin == null) {
                throw new InvalidInputException(file + " lacks its groups or its origin.");
            }
            return description;
        } catch (JsonProcessingException e) {
            String line = e.getLocation() == null || e.getLocation().getLineNr() < 1 ? "" : " (line " + e.getLocation().getLineNr() + ")";
            throw new InvalidInputException(file + " is no description of adapters that this version of the program knows" + line
                    + ".", e);
        } catch (IOException e) {
            throw new InvalidInputException(file + " cannot be read: " + FileWords.reason(e) + ".", e);
        }
    }
}
