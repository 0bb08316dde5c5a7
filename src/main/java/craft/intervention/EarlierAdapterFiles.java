package craft.intervention;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import craft.error.InvalidInputException;
import craft.lm.Projection;
import craft.lm.SafeTensors;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What earlier versions of the program wrote, told as today's description says it. Interventions had files of their own,
 * {@value #TENSORS} and {@value #DESCRIPTION} (version 1 knew tied LoReFT alone); everything else, which was LoRA, was kept
 * without a description of its groups, so that their shape is read off the tensors.
 */
final class EarlierAdapterFiles {
    static final String TENSORS = "interventions.safetensors";
    static final String DESCRIPTION = "interventions.json";
    static final String FORMAT = "craft-interventions";
    private static final Pattern LORA_A = Pattern.compile("layer\\.(\\d{1,6})\\.([a-z]+)\\.lora_A");

    private EarlierAdapterFiles() {
    }

    /** Interventions, of either version. */
    static JsonNode interventions(JsonNode tree) {
        boolean first = tree.path("version").asInt() == 1;
        for (JsonNode group : tree.path("groups")) {
            if (group instanceof ObjectNode shape) {
                shape.put("kind", "reft");
                if (first) {
                    shape.put("form", ReftForm.LOREFT.name()).put("tied", true);
                    shape.path("sites").forEach(site -> {
                        if (site instanceof ObjectNode one) {
                            one.put("part", 0);
                        }
                    });
                }
            }
        }
        if (first && tree.path("origin").path("options") instanceof ObjectNode options) {
            options.put("tied", true).put("form", ReftForm.LOREFT.name());
        }
        return tree;
    }

    /** LoRA of version 1, which says no more than the number of its groups. */
    static JsonNode adapters(JsonNode tree, SafeTensors tensors, ObjectMapper mapper) {
        int groups = tree.path("groups").asInt(-1);
        if (!(tree instanceof ObjectNode description) || groups < 0 || groups > tensors.names().size()) {
            throw new InvalidInputException(tensors.file() + " belongs to no group: its description says " + groups + " groups.");
        }
        ArrayNode shapes = mapper.createArrayNode();
        for (int g = 1; g <= groups; g++) {
            shapes.add(mapper.valueToTree(lora(g, tensors)));
        }
        return description.set("groups", shapes);
    }

    private static LoraShape lora(int group, SafeTensors tensors) {
        String prefix = GroupTensors.prefix(group);
        TreeSet<Integer> layers = new TreeSet<>();
        Map<Projection, LoraShape.Part> parts = new EnumMap<>(Projection.class);
        for (String name : tensors.names()) {
            Matcher m = LORA_A.matcher(name.startsWith(prefix) ? name.substring(prefix.length()) : "");
            if (m.matches()) {
                layers.add(Integer.parseInt(m.group(1)));
                Projection projection = projection(m.group(2), name);
                String place = name.substring(0, name.length() - "lora_A".length());
                long[] a = shape(tensors, name);
                long[] b = shape(tensors, place + "lora_B");
                int experts = tensors.names().contains(place + "gate") ? (int) shape(tensors, place + "gate")[0] : 1;
                parts.put(projection, new LoraShape.Part(projection, (int) a[1], (int) b[0], (int) a[0], experts));
            }
        }
        float[] scale = tensors.floats(prefix + "scale");
        return new LoraShape(group, scale.length == 0 ? Double.NaN : scale[0], new ArrayList<>(layers), List.copyOf(parts.values()));
    }

    private static long[] shape(SafeTensors tensors, String name) {
        long[] shape = tensors.entry(name).shape();
        if (shape.length != 2 || shape[0] > Integer.MAX_VALUE || shape[1] > Integer.MAX_VALUE) {
            throw new InvalidInputException("Tensor \"" + name + "\" of " + tensors.file() + " is no matrix, so it is no LoRA.");
        }
        return shape;
    }

    private static Projection projection(String name, String tensor) {
        for (Projection projection : Projection.values()) {
            if (projection.shortName().equals(name.toLowerCase(Locale.ROOT))) {
                return projection;
            }
        }
        throw new InvalidInputException("Tensor \"" + tensor + "\" belongs to no projection that is known.");
    }
}
