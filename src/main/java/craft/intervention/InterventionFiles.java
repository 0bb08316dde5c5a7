package craft.intervention;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import craft.error.InvalidInputException;
import craft.lm.DType;
import craft.lm.FloatTensor;
import craft.lm.SafeTensors;
import craft.lm.TensorEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Our own format of trained interventions, complete enough to use and to trace them: {@value #TENSORS} with the tensors
 * {@code group.<g>.layer.<l>.<array>}, or {@code group.<g>.layer.<l>.first.<array>} and {@code .last.<array>} where the
 * positions are untied, of shapes and names as {@link ReftForm} says (LoReFT: rotation R and weight W {@code [r, d]}, bias b
 * {@code [r]}), all float32; and {@value #DESCRIPTION} with everything else. Version 1, which knew tied LoReFT alone, is read
 * too.
 */
public final class InterventionFiles {
    public static final String TENSORS = "interventions.safetensors";
    public static final String DESCRIPTION = "interventions.json";

    private static final String FORMAT = "craft-interventions";
    private static final int VERSION = 2;
    /** R R^T may differ from the identity by this much; training keeps it below 1e-5. */
    private static final double ORTHONORMAL = 1e-4;

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES) // later versions may say more
            .build();

    private InterventionFiles() {
    }

    /** Which group a task's interventions are in. */
    public record TaskGroup(String task, int group) {
    }

    /**
     * Where interventions come from.
     *
     * @param method name of the method, for people
     * @param seed the run's seed
     * @param baseModel name or folder of the base model
     * @param baseModelSha256 file name to SHA-256 (hexadecimal) of the base model's files, empty while unknown
     * @param options the recipe's choice of sites
     * @param tasks the tasks trained so far, in their order
     * @param changedAfter for each group, the 1-based task after which its numbers changed last
     */
    public record Origin(String method, long seed, String baseModel, Map<String, String> baseModelSha256,
            SiteOptions options, List<TaskGroup> tasks, List<Integer> changedAfter) {
        public Origin {
            baseModelSha256 = new TreeMap<>(baseModelSha256); // sorted, so that equal interventions give equal files
            tasks = List.copyOf(tasks);
            changedAfter = List.copyOf(changedAfter);
        }
    }

    /** What the files hold, group 1 first. */
    public record Contents(List<InterventionSet> groups, Origin origin) {
        public Contents {
            groups = List.copyOf(groups);
        }
    }

    /** The JSON file. {@code groups} describes the tensors; reading compares the two. */
    private record Description(String format, int version, List<GroupShape> groups, Origin origin) {
    }

    private record GroupShape(int group, ReftForm form, String positions, boolean tied, List<SiteShape> sites) {
    }

    /** @param part as in {@link Intervention} */
    private record SiteShape(int layer, int part, int rank, int width) {
    }

    /**
     * Writes both files into a folder that exists; files of these names are overwritten. Equal input gives equal bytes.
     *
     * @return the files written
     * @throws IOException when a file cannot be written
     */
    public static List<Path> write(Path folder, Contents contents) throws IOException {
        SortedMap<String, FloatTensor> tensors = new TreeMap<>();
        List<GroupShape> shapes = new ArrayList<>();
        for (int g = 1; g <= contents.groups.size(); g++) {
            InterventionSet set = contents.groups.get(g - 1);
            List<SiteShape> sites = new ArrayList<>();
            for (Intervention site : set.sites()) {
                sites.add(new SiteShape(site.layer(), site.part(), site.rank(), site.width()));
                String place = "group." + g + "." + set.place(site);
                site.tensors().forEach((name, tensor) -> {
                    if (tensors.put(place + name, tensor) != null) {
                        throw new IllegalArgumentException(place + name + " is there twice");
                    }
                });
            }
            shapes.add(new GroupShape(g, set.form(), set.positions().toString(), set.positions().tied(), sites));
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
     * Reads both files of a folder.
     *
     * @throws InvalidInputException when one is missing or damaged, when they do not fit each other, or when a rotation
     *     is not orthonormal to 1e-4
     */
    public static Contents read(Path folder) {
        Path file = folder.resolve(DESCRIPTION);
        Description description = describe(file);
        List<InterventionSet> groups = new ArrayList<>();
        Set<String> used = new TreeSet<>();
        try (SafeTensors tensors = SafeTensors.open(folder.resolve(TENSORS))) {
            for (GroupShape group : description.groups) {
                if (group.group != groups.size() + 1) {
                    throw new InvalidInputException(file + " describes group " + group.group + " where group "
                            + (groups.size() + 1) + " belongs.");
                }
                groups.add(read(tensors, group, file, used));
            }
            for (String name : tensors.names()) {
                if (!used.contains(name)) {
                    throw new InvalidInputException(tensors.file() + " has a tensor \"" + name + "\" that " + file
                            + " does not describe. The two files do not belong together.");
                }
            }
        }
        for (TaskGroup task : description.origin.tasks) {
            if (task.group < 1 || task.group > groups.size()) {
                throw new InvalidInputException(file + " puts task \"" + task.task + "\" into group " + task.group
                        + ", but there are groups 1 to " + groups.size() + ".");
            }
        }
        return new Contents(groups, description.origin);
    }

    private static Description describe(Path file) {
        Description description;
        try {
            JsonNode tree = MAPPER.readTree(Files.readAllBytes(file));
            description = MAPPER.treeToValue(tree.path("version").asInt() == 1 ? fromVersion1(tree) : tree, Description.class);
        } catch (NoSuchFileException e) {
            throw new InvalidInputException("There is no file " + file + ". Interventions are two files, "
                    + DESCRIPTION + " and " + TENSORS + ", in one folder.", e);
        } catch (JacksonException e) {
            throw new InvalidInputException(file + " is not a description of interventions: "
                    + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new InvalidInputException(file + " cannot be read: " + e + ".", e);
        }
        if (description == null || !FORMAT.equals(description.format) || description.version > VERSION) {
            throw new InvalidInputException(file + " is not of format \"" + FORMAT + "\", version " + VERSION
                    + ". It may have been written by a newer version of the program.");
        }
        if (description.groups == null || description.origin == null
                || description.groups.stream().anyMatch(g -> g == null || g.form == null || g.sites == null || g.positions == null
                        || g.sites.contains(null))) {
            throw new InvalidInputException(file + " lacks its groups or its origin.");
        }
        return description;
    }

    /** Says what went without saying in version 1. */
    private static JsonNode fromVersion1(JsonNode tree) {
        for (JsonNode group : tree.path("groups")) {
            if (group instanceof ObjectNode shape) {
                shape.put("form", ReftForm.LOREFT.name()).put("tied", true);
                shape.path("sites").forEach(site -> {
                    if (site instanceof ObjectNode one) {
                        one.put("part", 0);
                    }
                });
            }
        }
        if (tree.path("origin").path("options") instanceof ObjectNode options) {
            options.put("tied", true).put("form", ReftForm.LOREFT.name());
        }
        return tree;
    }

    private static InterventionSet read(SafeTensors tensors, GroupShape group, Path file, Set<String> used) {
        Positions positions = Positions.parse(group.positions, group.tied);
        List<Intervention> sites = new ArrayList<>();
        for (SiteShape site : group.sites) {
            boolean possible = site.rank >= 1 && (site.width >= site.rank || !group.form.orthonormal())
                    && (long) site.rank * site.width <= Integer.MAX_VALUE && site.rank == group.sites.get(0).rank;
            if (!possible || site.part < 0 || site.part >= positions.parts()) {
                throw new InvalidInputException(file + ", group " + group.group + ", layer " + site.layer + ": rank " + site.rank
                        + ", width " + site.width + " and part " + site.part + " are not possible.");
            }
            String place = "group." + group.group + ".layer." + site.layer + "." + positions.nameOf(site.part);
            List<float[]> arrays = new ArrayList<>();
            for (String name : group.form.arrays()) {
                arrays.add(floats(tensors, place + name, used, group.form.shape(name, site.rank, site.width)));
            }
            if (group.form.orthonormal()) {
                checkOrthonormal(tensors, place + group.form.arrays().get(0), arrays.get(0), site);
            }
            sites.add(new Intervention(group.form, site.layer, site.part, site.rank, site.width, arrays));
        }
        return new InterventionSet(positions, sites);
    }

    private static void checkOrthonormal(SafeTensors tensors, String name, float[] rotation, SiteShape site) {
        double error = orthonormalityError(rotation, site.rank, site.width);
        if (!(error <= ORTHONORMAL)) {
            throw new InvalidInputException(String.format(Locale.ROOT, "Tensor \"%s\" of %s is not a "
                    + "rotation: R R^T differs from the identity by %.2g, at most %.0e is allowed. The file is damaged "
                    + "or was not written by this program.", name, tensors.file(), error, ORTHONORMAL));
        }
    }

    private static float[] floats(SafeTensors tensors, String name, Set<String> used, long... shape) {
        TensorEntry entry = tensors.entry(name);
        if (entry.dtype() != DType.F32 || !Arrays.equals(entry.shape(), shape)) {
            throw new InvalidInputException("Tensor \"" + name + "\" of " + tensors.file() + " is " + entry.dtype()
                    + Arrays.toString(entry.shape()) + ", but " + DESCRIPTION + " says F32" + Arrays.toString(shape)
                    + ".");
        }
        if (!used.add(name)) {
            throw new InvalidInputException(DESCRIPTION + " describes tensor \"" + name + "\" of " + tensors.file()
                    + " twice.");
        }
        float[] values = tensors.floats(name);
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new InvalidInputException("Tensor \"" + name + "\" of " + tensors.file()
                        + " holds a value that is not finite; such interventions cannot be used.");
            }
        }
        return values;
    }

    /** Largest entry of |R R^T - I|, R row-major {@code [r, d]}. */
    private static double orthonormalityError(float[] r, int rank, int width) {
        double worst = 0;
        for (int i = 0; i < rank; i++) {
            for (int j = 0; j <= i; j++) {
                double dot = 0;
                for (int k = 0; k < width; k++) {
                    dot += (double) r[i * width + k] * r[j * width + k];
                }
                worst = Math.max(worst, Math.abs(dot - (i == j ? 1 : 0)));
            }
        }
        return worst;
    }
}
