package craft.store;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import craft.intervention.Adapter;
import craft.intervention.AdapterFiles;
import craft.intervention.Intervention;
import craft.intervention.InterventionSet;
import craft.lm.FloatTensor;
import craft.lm.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Trained adapters as earlier versions of the program wrote them; {@link OlderRunsTest} compares with files of theirs. */
final class EarlierForms {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private EarlierForms() {
    }

    /** Interventions alone, of version 1 (tied LoReFT) or 2. */
    static void interventions(Path folder, AdapterFiles.Contents contents, int version) throws IOException {
        ArrayNode groups = MAPPER.createArrayNode();
        for (int g = 1; g <= contents.groups().size(); g++) {
            InterventionSet set = (InterventionSet) contents.groups().get(g - 1);
            ObjectNode group = groups.addObject().put("group", g);
            if (version > 1) {
                group.put("form", set.form().name());
            }
            group.put("positions", set.positions().toString());
            if (version > 1) {
                group.put("tied", set.positions().tied());
            }
            ArrayNode sites = group.putArray("sites");
            for (Intervention site : set.sites()) {
                ObjectNode one = sites.addObject().put("layer", site.layer());
                if (version > 1) {
                    one.put("part", site.part());
                }
                one.put("rank", site.rank()).put("width", site.width());
            }
        }
        ObjectNode origin = MAPPER.valueToTree(contents.origin());
        if (version == 1) {
            ((ObjectNode) origin.get("options")).remove(List.of("tied", "form"));
        }
        ObjectNode all = MAPPER.createObjectNode().put("format", "craft-interventions").put("version", version);
        all.set("groups", groups);
        all.set("origin", origin);
        write(folder, "interventions", all, contents);
    }

    /** Everything else, of version 1: no word of what the groups are. */
    static void adapters(Path folder, AdapterFiles.Contents contents) throws IOException {
        ObjectNode all = MAPPER.createObjectNode().put("format", "craft-adapters").put("version", 1)
                .put("groups", contents.groups().size());
        all.set("origin", MAPPER.valueToTree(contents.origin()));
        write(folder, "adapters", all, contents);
    }

    private static void write(Path folder, String name, ObjectNode description, AdapterFiles.Contents contents) throws IOException {
        SortedMap<String, FloatTensor> tensors = new TreeMap<>();
        int g = 0;
        for (Adapter adapter : contents.groups()) {
            String prefix = "group." + ++g + ".";
            adapter.tensors().forEach((n, tensor) -> tensors.put(prefix + n, tensor));
        }
        SafeTensors.write(folder.resolve(name + ".safetensors"), tensors, Map.of("format", description.get("format").asText(), "version",
                description.get("version").asText()));
        Files.write(folder.resolve(name + ".json"), MAPPER.writer(new DefaultPrettyPrinter()
                .withObjectIndenter(new DefaultIndenter("  ", "\n"))).writeValueAsBytes(description));
    }
}
