package craft.lm;

import com.fasterxml.jackson.databind.JsonNode;
import craft.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What to say of a place that is no model folder: often the model is near, or it is a known thing of another kind. */
final class NoModel {
    private static final int LOOKED_AT = 200;
    private static final long MAX_CONFIG = 10_000_000;

    private NoModel() {
    }

    /** @param folder an existing folder without a config.json */
    static InvalidInputException in(Path folder) {
        Path adapter = folder.resolve("adapter_config.json");
        if (Files.isRegularFile(adapter)) {
            return new InvalidInputException(folder + " is an adapter of PEFT, not a model: it has no config.json of its own."
                    + " Name the folder of the model it was made for" + base(adapter) + ".");
        }
        List<Path> near = near(folder);
        if (!near.isEmpty()) {
            return new InvalidInputException(folder + " is not a model folder: it has no config.json. "
                    + (Files.isDirectory(folder.resolve("snapshots")) ? "It is the cache of a download; name the snapshot in it: "
                            : "There is a model below it: ")
                    + WeightFiles.some(near.stream().map(Path::toString).toList()) + ".");
        }
        boolean gguf = list(folder).stream().anyMatch(f -> f.toString().toLowerCase(Locale.ROOT).endsWith(".gguf"));
        return new InvalidInputException(folder + " is not a model folder: it has no config.json."
                + (Files.exists(folder.resolve("params.json")) ? " It has a params.json, as the makers' own format does; get the model in the "
                        + "form of Hugging Face." : "")
                + (gguf ? " GGUF files cannot be read yet; use the model's safetensors with its config.json." : ""));
    }

    /** @param file an existing file that was named as a model */
    static InvalidInputException at(Path file) {
        String name = file.getFileName() == null ? "" : file.getFileName().toString().toLowerCase(Locale.ROOT);
        return new InvalidInputException(name.endsWith(".gguf")
                ? file + " is a GGUF file, which cannot be read yet. Name a folder that holds config.json, tokenizer.json and"
                        + " model.safetensors."
                : file + " is a file. Name the folder that holds config.json, tokenizer.json and model.safetensors.");
    }

    private static String base(Path adapter) {
        try {
            JsonNode name = ConfigJson.parse(adapter, MAX_CONFIG).path("base_model_name_or_path");
            return name.isTextual() && !name.textValue().isBlank() && name.textValue().length() <= LOOKED_AT
                    ? " (" + name.textValue() + ")" : "";
        } catch (InvalidInputException e) { // damaged: nothing more can be said
            return "";
        }
    }

    /** Model folders up to two floors below, the newest reference of a cache first. */
    private static List<Path> near(Path folder) {
        List<Path> found = new ArrayList<>();
        Path main = folder.resolve("refs").resolve("main");
        try {
            if (Files.isRegularFile(main) && Files.size(main) < LOOKED_AT) {
                Path snapshot = folder.resolve("snapshots").resolve(Files.readString(main).strip()).normalize();
                if (snapshot.startsWith(folder.normalize()) && model(snapshot)) {
                    found.add(snapshot);
                }
            }
        } catch (IOException | java.nio.file.InvalidPathException e) {
            found.clear(); // no reference that can be read: all of them are named
        }
        for (Path below : list(folder)) {
            Stream.concat(Stream.of(below), list(below).stream()).filter(NoModel::model).filter(f -> !found.contains(f)).forEach(found::add);
        }
        return found;
    }

    private static boolean model(Path folder) {
        Path config = folder.resolve("config.json");
        return Files.isRegularFile(config) || Files.isSymbolicLink(config);
    }

    private static List<Path> list(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.limit(LOOKED_AT).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
