package craft.store;

import craft.experiment.Json;
import craft.intervention.AdapterFiles;
import craft.intervention.AdapterFiles.TaskGroup;
import craft.intervention.PeftFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * LoRA as {@code PeftModel.from_pretrained} reads it: a folder a group, see {@link PeftFiles}; beside the folders
 * {@code groups.json} with the tasks of each group.
 */
final class PeftExport {
    private static final Pattern OURS = Pattern.compile("adapter_model\\.safetensors|adapter_config\\.json");

    private PeftExport() {
    }

    /** @param contents of LoRA alone; @param model the base model's folder */
    static List<Path> write(AdapterFiles.Contents contents, Path model, Path target) throws IOException {
        return GroupFolders.in(target, OURS).replace(folder -> content(contents, model, folder));
    }

    private static List<Path> content(AdapterFiles.Contents contents, Path model, Path target) throws IOException {
        List<Path> written = new ArrayList<>();
        List<Map<String, Object>> groups = new ArrayList<>();
        for (int g = 1; g <= contents.groups().size(); g++) {
            Path folder = GroupFolders.make(target, g);
            written.addAll(PeftFiles.write(folder, contents.groups().get(g - 1).tensors(), model));
            int group = g;
            Map<String, Object> about = new LinkedHashMap<>();
            about.put("group", g);
            about.put("folder", folder.getFileName().toString());
            about.put("tasks", contents.origin().tasks().stream().filter(t -> t.group() == group).map(TaskGroup::task).toList());
            about.put("baseModel", contents.origin().baseModel());
            groups.add(about);
        }
        written.add(AtomicFiles.write(target.resolve(GroupFolders.INDEX),
                Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(groups)));
        return written;
    }
}
