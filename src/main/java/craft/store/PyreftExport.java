package craft.store;

import craft.experiment.Json;
import craft.intervention.AdapterFiles;
import craft.intervention.AdapterFiles.TaskGroup;
import craft.intervention.Intervention;
import craft.intervention.InterventionSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Interventions as {@code pyreft.ReftModel.load} reads them (pyvene 0.1.7 and later): a folder a group, with
 * {@code config.json} and one {@code intkey_<key>.bin} a site; beside the folders {@code groups.json}, which says what
 * pyreft's own files cannot: positions, and the tasks of each group.
 */
final class PyreftExport {
    private static final Pattern OURS = Pattern.compile("config\\.json|intkey_layer_\\d+_comp_.*\\.bin");
    /** Fields of pyvene's RepresentationConfig behind the rank, which a LoReFT site leaves empty. */
    private static final int EMPTY_FIELDS = 8;

    private PyreftExport() {
    }

    /** @param contents of interventions alone */
    static List<Path> write(AdapterFiles.Contents contents, Path target) throws IOException {
        return GroupFolders.in(target, OURS).replace(folder -> content(contents, folder));
    }

    private static List<Path> content(AdapterFiles.Contents contents, Path target) throws IOException {
        List<Path> written = new ArrayList<>();
        List<Map<String, Object>> groups = new ArrayList<>();
        for (int g = 1; g <= contents.groups().size(); g++) {
            InterventionSet set = (InterventionSet) contents.groups().get(g - 1);
            Path folder = GroupFolders.make(target, g);
            written.add(json(folder.resolve("config.json"), config(set)));
            for (Intervention site : set.sites()) {
                written.add(AtomicFiles.write(folder.resolve("intkey_" + key(site) + ".bin"), PyreftTensors.of(site).bytes()));
            }
            int group = g;
            Map<String, Object> about = new LinkedHashMap<>();
            about.put("group", g);
            about.put("folder", folder.getFileName().toString());
            about.put("positions", set.positions().toString());
            about.put("share_weights", set.positions().tied());
            if (!set.form().orthonormal()) {
                about.put("note", "pyreft's own load makes a " + set.form().pyreftType() + " without the add_bias that it needs;"
                        + " make it with add_bias=False and call load_state_dict.");
            }
            about.put("tasks", contents.origin().tasks().stream().filter(t -> t.group() == group).map(TaskGroup::task)
                    .toList());
            about.put("baseModel", contents.origin().baseModel());
            groups.add(about);
        }
        written.add(json(target.resolve(GroupFolders.INDEX), groups));
        return written;
    }

    /** The count behind # rises for a second site of the same layer. */
    private static String key(Intervention site) {
        return "layer_" + site.layer() + "_comp_block_output_unit_pos_nunit_1#" + site.part();
    }

    private static Map<String, Object> config(InterventionSet set) {
        List<Intervention> sites = set.sites();
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("intervention_constant_sources", Collections.nCopies(sites.size(), true));
        config.put("intervention_dimensions", sites.stream().map(Intervention::width).toList());
        config.put("intervention_types",
                Collections.nCopies(sites.size(), "<class 'pyreft.interventions." + set.form().pyreftType() + "'>"));
        config.put("mode", "parallel");
        config.put("representations", sites.stream().map(PyreftExport::representation).toList());
        config.put("sorted_keys", sites.stream().map(PyreftExport::key).toList());
        config.put("transformers_version", "4.45.1"); // every Hugging Face config.json has it; nothing depends on it
        return config;
    }

    private static List<Object> representation(Intervention site) {
        List<Object> fields = new ArrayList<>(List.of(site.layer(), "block_output", "pos", 1, site.rank()));
        fields.addAll(Collections.nCopies(EMPTY_FIELDS, null));
        return fields;
    }

    private static Path json(Path file, Object value) throws IOException {
        return AtomicFiles.write(file, Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(value));
    }
}
