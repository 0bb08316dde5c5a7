package craft.lm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The test model stories260k and the numbers that an independent PyTorch implementation computed on it. */
public final class Stories {
    public static final Path FOLDER = Path.of("src/test/resources/models/stories260k");

    private Stories() {
    }

    public static CausalLm load() {
        return load(EngineSettings.EXACT);
    }

    public static CausalLm load(EngineSettings settings) {
        TorchThread.prepare();
        return CausalLm.load(FOLDER, settings);
    }

    public static JsonNode golden() {
        try {
            return new ObjectMapper().readTree(FOLDER.resolve("golden.json").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static List<JsonNode> cases() {
        List<JsonNode> cases = new ArrayList<>();
        golden().get("cases").forEach(cases::add);
        return cases;
    }

    public static int[] ids(JsonNode array) {
        int[] ids = new int[array.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = array.get(i).asInt();
        }
        return ids;
    }

    /** The case's prompt with its answer (and the end-of-text token) as the only continuation. */
    public static Sequence sequence(JsonNode example) {
        return new Sequence(ids(example.get("prompt_ids")), List.of(ids(example.get("answer_ids"))));
    }
}
