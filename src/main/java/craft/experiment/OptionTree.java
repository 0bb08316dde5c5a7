package craft.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import craft.error.InvalidInputException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Lays what a user wrote over a tree of defaults. The defaults say which options there are and of which type each is,
 * so an option that is unknown or of another type is found here, with its dotted path.
 */
final class OptionTree {
    private OptionTree() {
    }

    /**
     * Puts the user's values over the defaults, in place.
     *
     * @param where how to begin a message, for example {@code "recipe.json: "}
     */
    static void merge(ObjectNode defaults, ObjectNode user, String path, String where) {
        user.properties().forEach(entry -> {
            String key = entry.getKey();
            String at = path.isEmpty() ? key : path + "." + key;
            JsonNode standard = defaults.get(key);
            JsonNode value = entry.getValue();
            if (standard == null) {
                throw unknown(at, path, defaults, where);
            }
            if (standard instanceof ObjectNode inner && value instanceof ObjectNode given) {
                merge(inner, given, at, where);
            } else {
                checkType(standard, value, at, where, shortly(value.toString()) + (quoted(standard, value) ? " in quotes" : ""));
                defaults.set(key, asKind(standard, value));
            }
        });
    }

    /** Puts values over the defaults, in place, without asking whether they fit. */
    static void overlay(ObjectNode defaults, ObjectNode values) {
        values.properties().forEach(entry -> {
            if (defaults.get(entry.getKey()) instanceof ObjectNode inner && entry.getValue() instanceof ObjectNode given) {
                overlay(inner, given);
            } else {
                defaults.set(entry.getKey(), entry.getValue());
            }
        });
    }

    /** Changes one option, given as on the command line, in place. */
    static void set(ObjectNode tree, String path, String text, String where) {
        Map<String, JsonNode> leaves = leaves(tree);
        JsonNode standard = leaves.get(path);
        if (standard == null) {
            List<String> under = leaves.keySet().stream().filter(k -> k.startsWith(path + ".")).toList();
            if (!under.isEmpty()) {
                throw new InvalidInputException(where + "\"" + path + "\" is a group of options. Set one of "
                        + String.join(", ", under) + ".");
            }
            throw new InvalidInputException(where + "there is no option \"" + path + "\". " + remedy(path, leaves.keySet()));
        }
        JsonNode value = valueOf(tree, standard, text);
        checkType(standard, value, path, where, "\"" + shortly(text) + "\"");
        int dot = path.lastIndexOf('.');
        ObjectNode parent = dot < 0 ? tree : (ObjectNode) tree.at("/" + path.substring(0, dot).replace('.', '/'));
        parent.set(path.substring(dot + 1), asKind(standard, value));
    }

    /** A number of the option's own kind, so that what is set after a learning rate of 1 may still be 0.5. */
    private static JsonNode asKind(JsonNode standard, JsonNode value) {
        return standard.isFloatingPointNumber() ? DoubleNode.valueOf(value.doubleValue())
                : standard.isLong() ? LongNode.valueOf(value.longValue()) : value;
    }

    /** The names that were probably meant; where none is alike, all of the group that was named. */
    private static String remedy(String path, Set<String> known) {
        String group = path.substring(0, path.lastIndexOf('.') + 1);
        List<String> inGroup = known.stream().filter(k -> !group.isEmpty() && k.startsWith(group)).toList();
        List<String> nearest = nearest(path, known, 3);
        boolean slip = unlikeness(path, nearest.get(0)) <= 1 + (path.length() - group.length()) / 3;
        return slip || inGroup.isEmpty() ? "Nearest: " + String.join(", ", nearest) + "."
                : "There are " + String.join(", ", inGroup) + ".";
    }

    private static JsonNode valueOf(ObjectNode tree, JsonNode standard, String text) {
        if (!standard.isTextual()) {
            try {
                JsonNode parsed = Json.mapper().readTree(text);
                if (parsed.isBoolean() || parsed.isNumber() || parsed.isArray()) {
                    return parsed;
                }
            } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
                // Not JSON: it is plain text, and the check of the type says whether that will do.
                return standard.isArray() ? list(tree, text) : tree.textNode(text);
            }
        }
        return standard.isArray() ? list(tree, text) : tree.textNode(text);
    }

    /** {@code a, b} as a list of texts, so that a shell needs no quotes within quotes. */
    private static ArrayNode list(ObjectNode tree, String text) {
        ArrayNode array = tree.arrayNode();
        for (String part : text.split(",")) {
            if (!part.isBlank()) {
                array.add(part.strip());
            }
        }
        return array;
    }

    /** Options by dotted path, in the order of the tree; lists count as one option. */
    static Map<String, JsonNode> leaves(ObjectNode tree) {
        Map<String, JsonNode> all = new LinkedHashMap<>();
        collect(tree, "", all);
        return all;
    }

    private static void collect(ObjectNode tree, String path, Map<String, JsonNode> into) {
        tree.properties().forEach(entry -> {
            String at = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
            if (entry.getValue() instanceof ObjectNode inner) {
                collect(inner, at, into);
            } else {
                into.put(at, entry.getValue());
            }
        });
    }

    /** @param written how the value was written */
    private static void checkType(JsonNode standard, JsonNode value, String at, String where, String written) {
        String expected;
        boolean good;
        if (standard.isObject()) {
            expected = "an object { ... } of options";
            good = value.isObject();
        } else if (standard.isArray()) {
            expected = "a list of texts, for example [\"first\", \"second\"]";
            good = value.isArray();
            for (JsonNode element : value) {
                good &= element.isTextual();
            }
        } else if (standard.isBoolean()) {
            expected = "true or false";
            good = value.isBoolean();
        } else if (standard.isInt()) {
            expected = whole(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
            good = value.isIntegralNumber() && value.canConvertToInt();
        } else if (standard.isIntegralNumber()) {
            expected = whole(value, Long.MIN_VALUE, Long.MAX_VALUE);
            good = value.isIntegralNumber() && value.canConvertToLong();
        } else if (standard.isNumber()) {
            expected = value.isNumber() ? "a number of at most 1.8e308" : "a number";
            good = value.isNumber() && Double.isFinite(value.doubleValue());
        } else {
            expected = "a text";
            good = value.isTextual();
        }
        if (!good) {
            throw new InvalidInputException(where + "option " + at + " must be " + expected + ", not " + written + ".");
        }
    }

    /** Whether only the quotes make a text of it. */
    private static boolean quoted(JsonNode standard, JsonNode value) {
        return value.isTextual() && (standard.isNumber() && value.textValue().matches("-?[0-9.]+([eE][-+]?[0-9]+)?")
                || standard.isBoolean() && value.textValue().matches("true|false"));
    }

    private static String whole(JsonNode value, long least, long most) {
        return "a whole number" + (value.isIntegralNumber() ? " from " + least + " to " + most : "");
    }

    private static String shortly(String text) {
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }

    private static InvalidInputException unknown(String at, String path, ObjectNode defaults, String where) {
        List<String> known = new ArrayList<>();
        defaults.fieldNames().forEachRemaining(known::add);
        String key = path.isEmpty() ? at : at.substring(path.length() + 1);
        String closest = nearest(key, known, 1).get(0);
        boolean close = distance(key, closest) <= Math.max(2, key.length() / 3);
        return new InvalidInputException(where + "there is no option \"" + at + "\"."
                + (close ? " Did you mean \"" + closest + "\"?" : "")
                + " Known " + (path.isEmpty() ? "here" : "under \"" + path + "\"") + ": " + String.join(", ", known)
                + ".");
    }

    /** The known names most like {@code name}, nearest first; those clearly farther off than the first are left out. */
    static List<String> nearest(String name, Iterable<String> known, int count) {
        List<String> all = new ArrayList<>();
        known.forEach(all::add);
        all.sort(Comparator.comparingInt(k -> unlikeness(name, k)));
        int limit = unlikeness(name, all.get(0)) + 1;
        return all.stream().filter(k -> unlikeness(name, k) <= limit).limit(count).toList();
    }

    private static int unlikeness(String name, String known) {
        // The right name under a wrong path is a common slip.
        return Math.min(distance(name, known), 1 + distance(name.substring(name.lastIndexOf('.') + 1),
                known.substring(known.lastIndexOf('.') + 1)));
    }

    /** Levenshtein's edit distance, letter case ignored. */
    static int distance(String first, String second) {
        String a = first.toLowerCase(Locale.ROOT);
        String b = second.toLowerCase(Locale.ROOT);
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, Math.min(previous[j], row[j - 1]) + 1);
            }
            previous = row;
        }
        return previous[b.length()];
    }
}
