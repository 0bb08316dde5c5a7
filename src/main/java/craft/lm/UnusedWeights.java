package craft.lm;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Weights of a folder that no layer uses, by name: the config may be another model's. Tables that a model makes for itself, and a
 * copy of the embedding beside a tied head, are none of them.
 */
final class UnusedWeights {
    private static final Pattern NUMBERED = Pattern.compile("^(.*?\\.(?:layers|h|layer|blocks)\\.)(\\d{1,6})(\\..+)$");
    private static final int SHOWN = 8;
    private static final int STEP = 1 << 24;

    private UnusedWeights() {
    }

    static List<String> remarks(ModelFolder folder) {
        ModelConfig config = folder.config();
        Map<String, long[]> expected = config.expectedTensors();
        Map<String, long[]> withHead = config.tied() ? config.untied().expectedTensors() : expected;
        List<String> unused = new ArrayList<>();
        List<String> heads = new ArrayList<>();
        for (String name : folder.names()) {
            if (expected.containsKey(name)) {
                continue;
            }
            if (withHead.containsKey(name) || name.equals("cls.predictions.decoder.bias")) {
                if (!copy(folder, name)) {
                    heads.add(name);
                }
            } else if (!table(folder.entry(name)) && !config.family().table(name, folder.entry(name))) {
                unused.add(name);
            }
        }
        List<String> remarks = new ArrayList<>();
        if (!unused.isEmpty()) {
            remarks.add("The weights hold " + plural(unused.size()) + " that no layer uses by config.json: " + grouped(unused, config.layers())
                    + ". If the model needs them, config.json is not its own.");
        }
        for (String head : heads) {
            remarks.add("The weights hold a \"" + head + "\" of its own, but by config.json (\"tie_word_embeddings\") the embedding is used "
                    + "in its place, and the two differ. If the head was trained apart, set \"tie_word_embeddings\" to false.");
        }
        return remarks;
    }

    /** Empty, or whole numbers of 64 bits or flags: positions and masks, never weights. */
    private static boolean table(TensorEntry entry) {
        return entry.bytes() == 0 || entry.dtype() == DType.I64 || entry.dtype() == DType.BOOL;
    }

    /** Whether a head's tensor is the tied one, byte for byte. */
    private static boolean copy(ModelFolder folder, String head) {
        String tied = head.endsWith(".bias") ? "cls.predictions.bias"
                : folder.config().family().modelWeights(folder.config()).get("embedding").tensors().get(0).name();
        if (!folder.names().contains(tied)) {
            return true; // will be refused as missing
        }
        TensorEntry a = folder.entry(head);
        TensorEntry b = folder.entry(tied);
        if (a.dtype() != b.dtype() || a.bytes() != b.bytes()) {
            return false;
        }
        for (long at = 0; at < a.bytes(); at += STEP) {
            int length = (int) Math.min(STEP, a.bytes() - at);
            ByteBuffer left = folder.buffer(head, at, length);
            if (left.mismatch(folder.buffer(tied, at, length)) >= 0) {
                return false;
            }
        }
        return true;
    }

    /** Whole layers beyond the config's as one, the others by what they have in common. */
    private static String grouped(List<String> names, int layers) {
        Map<Integer, Integer> beyond = new TreeMap<>();
        Map<String, TreeSet<Integer>> alike = new LinkedHashMap<>();
        for (String name : names) {
            Matcher parts = NUMBERED.matcher(name);
            if (!parts.matches()) {
                alike.put(name, new TreeSet<>());
            } else if (Integer.parseInt(parts.group(2)) >= layers) {
                beyond.merge(Integer.parseInt(parts.group(2)), 1, Integer::sum);
            } else {
                alike.computeIfAbsent(parts.group(1) + "*" + parts.group(3), k -> new TreeSet<>()).add(Integer.parseInt(parts.group(2)));
            }
        }
        List<String> groups = new ArrayList<>();
        if (!beyond.isEmpty()) {
            groups.add(numbers(new TreeSet<>(beyond.keySet())) + " ("
                    + plural(beyond.values().stream().mapToInt(Integer::intValue).sum()) + ")");
        }
        alike.forEach((name, where) -> groups.add(where.isEmpty() ? quoted(name) : where.size() == 1
                ? quoted(name.replace("*", "" + where.first())) : quoted(name) + " in " + numbers(where)));
        int more = groups.size() - SHOWN;
        return String.join(", ", groups.subList(0, Math.min(SHOWN, groups.size()))) + (more > 0 ? " and " + more + " more" : "");
    }

    private static String quoted(String name) {
        return "\"" + (name.length() > 120 ? name.substring(0, 120) + "..." : name) + "\"";
    }

    /** "layer 3", "layers 3 and 4", "layers 0 to 4". */
    private static String numbers(TreeSet<Integer> layers) {
        if (layers.size() == 1) {
            return "layer " + layers.first();
        }
        if (layers.last() - layers.first() + 1 == layers.size()) {
            return "layers " + layers.first() + (layers.size() == 2 ? " and " : " to ") + layers.last();
        }
        return "layers " + WeightFiles.some(layers.stream().map(String::valueOf).toList());
    }

    private static String plural(int count) {
        return count + (count == 1 ? " tensor" : " tensors");
    }
}
