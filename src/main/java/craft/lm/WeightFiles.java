package craft.lm;

import com.fasterxml.jackson.databind.JsonNode;
import craft.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which files of a folder hold the weights. As transformers does, {@code model.safetensors} goes before shards; whatever lies
 * beside and is not read is told.
 *
 * @param byName the file of each tensor
 * @param remarks weights that are there and not read, a sentence each
 */
record WeightFiles(Map<String, SafeTensors> byName, Set<SafeTensors> files, List<String> remarks) {
    static final String SINGLE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";
    private static final long MAX_INDEX = 100_000_000;
    private static final int SHOWN = 5;
    private static final List<String> PICKLES = List.of(".bin", ".pt", ".pth", ".ckpt", ".pkl");

    /** @throws InvalidInputException when there are none, or some are missing, damaged or pickles */
    static WeightFiles find(Path folder) {
        WrongContent.check(folder.resolve(SINGLE), true);
        if (Files.isRegularFile(folder.resolve(SINGLE))) {
            SafeTensors file = SafeTensors.open(folder.resolve(SINGLE));
            Map<String, SafeTensors> byName = new LinkedHashMap<>();
            file.names().forEach(name -> byName.put(name, file));
            List<String> beside = shards(folder);
            return new WeightFiles(byName, Set.of(file), beside.isEmpty() && !Files.exists(folder.resolve(INDEX)) ? List.of()
                    : List.of("The weights are read from " + SINGLE + ". Beside it lie weights in several files, which are not read ("
                            + (beside.isEmpty() ? INDEX : some(beside)) + "): if they are the ones meant, move " + SINGLE + " away."));
        }
        WrongContent.check(folder.resolve(INDEX), false);
        if (Files.isRegularFile(folder.resolve(INDEX))) {
            return sharded(folder);
        }
        throw none(folder);
    }

    private static WeightFiles sharded(Path folder) {
        Path index = folder.resolve(INDEX);
        JsonNode map = ConfigJson.parse(index, MAX_INDEX).path("weight_map");
        if (!map.isObject() || map.isEmpty()) {
            throw new InvalidInputException(index + " has no \"weight_map\" from tensors to files. Download it again.");
        }
        Map<String, SafeTensors> shards = open(folder, index, map);
        Map<String, SafeTensors> byName = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            SafeTensors shard = shards.get(entry.getValue().textValue());
            if (!shard.names().contains(entry.getKey())) {
                throw new InvalidInputException(shard.file() + " has no tensor \"" + entry.getKey() + "\", which "
                        + INDEX + " looks for there. Download both again.");
            }
            byName.put(entry.getKey(), shard);
        }
        return new WeightFiles(byName, Set.copyOf(shards.values()), remarks(folder, shards, byName));
    }

    private static Map<String, SafeTensors> open(Path folder, Path index, JsonNode map) {
        Set<String> names = new TreeSet<>();
        map.properties().forEach(entry -> names.add(shardName(index, entry)));
        names.forEach(name -> WrongContent.check(folder.resolve(name), true));
        List<String> missing = names.stream().filter(name -> !Files.isRegularFile(folder.resolve(name))).toList();
        if (!missing.isEmpty()) {
            throw new InvalidInputException(folder + " lacks the weight file " + some(missing) + ", which " + INDEX
                    + " names (" + missing.size() + " of " + names.size() + " are missing). Download it.");
        }
        Map<String, SafeTensors> shards = new TreeMap<>();
        names.forEach(name -> shards.put(name, SafeTensors.open(folder.resolve(name))));
        return shards;
    }

    /** Shards of another set, and tensors that the index does not know or finds elsewhere. */
    private static List<String> remarks(Path folder, Map<String, SafeTensors> shards, Map<String, SafeTensors> byName) {
        List<String> remarks = new ArrayList<>();
        List<String> others = shards(folder).stream().filter(name -> !shards.containsKey(name)).toList();
        if (!others.isEmpty()) {
            remarks.add("Beside the weights that " + INDEX + " names lie others, which are not read: " + some(others) + ".");
        }
        List<String> unlisted = new ArrayList<>();
        shards.forEach((file, shard) -> shard.names().stream().filter(name -> byName.get(name) != shard).forEach(unlisted::add));
        if (!unlisted.isEmpty()) {
            remarks.add(INDEX + " leaves out " + unlisted.size() + (unlisted.size() == 1 ? " tensor" : " tensors")
                    + " of the files it names, or finds a tensor of that name in another one; not read: " + some(unlisted) + ".");
        }
        return remarks;
    }

    /** A shard lies in the model's own folder: an index must not lead us elsewhere. */
    private static String shardName(Path index, Map.Entry<String, JsonNode> entry) {
        String name = entry.getValue().isTextual() ? entry.getValue().textValue() : "";
        if (!name.endsWith(".safetensors") || name.chars().anyMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ')
                || name.length() > 200 || !possible(name)) {
            throw new InvalidInputException(index + " names " + ConfigJson.brief(entry.getValue()) + " for tensor \"" + entry.getKey()
                    + "\"; it must be a .safetensors file of the same folder.");
        }
        return name;
    }

    /** Whether a file of this system can have that name at all: half a character, for example, is none. */
    private static boolean possible(String name) {
        try {
            return !Path.of(name).toString().isEmpty();
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static InvalidInputException none(Path folder) {
        List<String> found = names(folder);
        for (String file : found) {
            if (pickle(folder.resolve(file))) {
                return refusePickle(folder + " has its weights in " + file + ", which");
            }
        }
        List<String> shards = shards(folder);
        if (!shards.isEmpty()) {
            return new InvalidInputException(folder + " has weights in several files (" + some(shards) + ") but lacks " + INDEX
                    + ", which says what is in which. Download it from where the model came from.");
        }
        String others = found.stream().filter(n -> n.matches("(?i).*\\.(safetensors|gguf|h5|msgpack|onnx|npz)"))
                .collect(Collectors.joining(", "));
        return new InvalidInputException(folder + " has no weights: neither " + SINGLE + " nor " + INDEX
                + " is there" + (others.isEmpty() ? "" : " (only " + others + ")") + "."
                + (others.endsWith(".gguf") ? " GGUF cannot be read yet; use the model's safetensors." : "")
                + (others.endsWith(".safetensors") && !others.contains(",") && !others.startsWith("adapter_")
                        ? " If that is the model's file, name it " + SINGLE + "." : ""));
    }

    /** Files named as parts of a whole, sorted: {@code model-00001-of-00002.safetensors}. */
    private static List<String> shards(Path folder) {
        return names(folder).stream().filter(name -> name.matches("(?i).*-\\d+-of-\\d+\\.safetensors")).toList();
    }

    private static List<String> names(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(Files::isRegularFile).map(f -> f.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw WrongContent.unreadable(folder, e);
        }
    }

    static String some(List<String> names) {
        return names.stream().limit(SHOWN).collect(Collectors.joining(", "))
                + (names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : "");
    }

    static boolean pickle(Path file) {
        Path name = file.getFileName();
        return name != null && PICKLES.stream().anyMatch(name.toString().toLowerCase(Locale.ROOT)::endsWith)
                && !Files.isDirectory(file);
    }

    static InvalidInputException refusePickle(String subject) {
        return new InvalidInputException(subject + " is refused: that is a pickle, and opening one can run any program"
                + " hidden in it. Convert the model to safetensors"
                + " (in Python: model.save_pretrained(folder, safe_serialization=True)).");
    }
}
