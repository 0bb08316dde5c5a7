package craft.intervention;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import craft.error.InvalidInputException;
import craft.intervention.InterventionFiles.Origin;
import craft.lm.DType;
import craft.lm.FloatTensor;
import craft.lm.SafeTensors;
import craft.lm.TensorEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Adapters of any kind as files: {@value #TENSORS} with the tensors {@code group.<g>.<name>}, all float32, whose names are
 * those of {@link Adapter#tensors()}; and {@value #DESCRIPTION}, which says where they come from.
 */
public final class AdapterFiles {
    public static final String TENSORS = "adapters.safetensors";
    public static final String DESCRIPTION = "adapters.json";

    private static final String FORMAT = "craft-adapters";
    private static final int VERSION = 1;

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES) // later versions may say more
            .build();

    private AdapterFiles() {
    }

    /** What the files hold: for each group, group 1 first, its tensors by name. */
    public record Contents(List<Map<String, FloatTensor>> groups, Origin origin) {
        public Contents {
            groups = List.copyOf(groups);
        }
    }

    private record Description(String format, int version, int groups, Origin origin) {
    }

    /**
     * Writes both files into a folder that exists; files of these names are overwritten. Equal input gives equal bytes.
     *
     * @throws IOException when a file cannot be written
     */
    public static List<Path> write(Path folder, Contents contents) throws IOException {
        SortedMap<String, FloatTensor> tensors = new TreeMap<>();
        for (int g = 1; g <= contents.groups.size(); g++) {
            String group = "group." + g + ".";
            contents.groups.get(g - 1).forEach((name, tensor) -> tensors.put(group + name, tensor));
        }
        Path file = folder.resolve(TENSORS);
        SafeTensors.write(file, tensors, Map.of("format", FORMAT, "version", Integer.toString(VERSION)));
        Path description = folder.resolve(DESCRIPTION);
        DefaultIndenter lines = new DefaultIndenter("  ", "\n"); // the same bytes on every system
        Files.write(description, MAPPER.writer(new DefaultPrettyPrinter().withObjectIndenter(lines))
                .writeValueAsBytes(new Description(FORMAT, VERSION, contents.groups.size(), contents.origin)));
        return List.of(file, description);
    }

    /**
     * Reads both files of a folder.
     *
     * @throws InvalidInputException when one is missing or damaged, or when they do not fit each other
     */
    public static Contents read(Path folder) {
        Description description = describe(folder.resolve(DESCRIPTION));
        List<Map<String, FloatTensor>> groups = new ArrayList<>();
        for (int g = 0; g < description.groups; g++) {
            groups.add(new LinkedHashMap<>());
        }
        try (SafeTensors tensors = SafeTensors.open(folder.resolve(TENSORS))) {
            for (String name : tensors.names()) {
                TensorEntry entry = tensors.entry(name);
                int group = groupOf(name);
                if (group < 1 || group > groups.size() || entry.dtype() != DType.F32) {
                    throw new InvalidInputException("Tensor \"" + name + "\" of " + tensors.file() + " is " + entry.dtype()
                            + " and belongs to no group: " + DESCRIPTION + " says groups 1 to " + groups.size() + " of F32.");
                }
                groups.get(group - 1).put(name.substring(name.indexOf('.', 6) + 1), finite(tensors, name, entry));
            }
        }
        return new Contents(groups, description.origin);
    }

    /** The number of {@code group.<g>.<name>}, 0 for any other name. */
    private static int groupOf(String name) {
        int end = name.indexOf('.', 6);
        String number = name.startsWith("group.") && end > 6 ? name.substring(6, end) : "";
        return number.matches("\\d{1,6}") ? Integer.parseInt(number) : 0;
    }

    private static FloatTensor finite(SafeTensors tensors, String name, TensorEntry entry) {
        float[] values = tensors.floats(name);
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new InvalidInputException("Tensor \"" + name + "\" of " + tensors.file()
                        + " holds a value that is not finite; such adapters cannot be used.");
            }
        }
        return new FloatTensor(entry.shape(), values);
    }

    private static Description describe(Path file) {
        Description description;
        try {
            description = MAPPER.readValue(Files.readAllBytes(file), Description.class);
        } catch (NoSuchFileException e) {
            throw new InvalidInputException("There is no file " + file + ". Adapters are two files, " + DESCRIPTION + " and "
                    + TENSORS + ", in one folder.", e);
        } catch (JacksonException e) {
            throw new InvalidInputException(file + " is not a description of adapters: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new InvalidInputException(file + " cannot be read: " + e + ".", e);
        }
        if (description == null || !FORMAT.equals(description.format) || description.version > VERSION
                || description.origin == null || description.groups < 0 || description.groups > 1_000_000) {
            throw new InvalidInputException(file + " is not of format \"" + FORMAT + "\", version " + VERSION
                    + ". It may have been written by a newer version of the program.");
        }
        return description;
    }
}
