package craft.lm;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The text of a model's forward pass: what all families share, with one family's own methods put in. */
final class DecoderText {
    /** The shared part, a class path resource. The family's methods come where it says {@code ${family}}. */
    static final String SHARED = "decoder.py";

    private DecoderText() {
    }

    /** Tokens that PyTorch's functions of single numbers take at once at most, in any number type and on any processor, twice over. */
    private static final int LANES = 64;

    /** What the marks of {@link #SHARED} stand for, where it reads any number of tokens at a time. */
    static Map<String, String> marks(ModelConfig c, Precision precision) {
        return marks(c, precision, false);
    }

    /** @param writes whether it takes one new token of each of {@link Generator#SLOTS} rows */
    static Map<String, String> marks(ModelConfig c, Precision precision, boolean writes) {
        Map<String, String> marks = new HashMap<>(c.family().marks(c));
        marks.put("writes", writes ? "True" : "False");
        marks.put("ragged", writes && Generator.SLOTS * c.intermediateSize() % LANES != 0 ? "True" : "False");
        marks.put("layers", "" + c.layers());
        marks.put("number", "" + precision.code());
        marks.put("hidden", "" + c.hiddenSize());
        marks.put("heads", "" + c.heads());
        marks.put("keyValueHeads", "" + c.keyValueHeads());
        marks.put("headDim", "" + c.headDim());
        marks.put("queryWidth", "" + c.queryWidth());
        marks.put("group", "" + c.headsPerKeyValueHead());
        marks.put("grouped", c.headsPerKeyValueHead() == 1 ? "False" : "True");
        marks.put("headBias", "None");
        marks.putAll(WeightPlan.of(c).marks());
        String methods = read(c.family().text());
        for (Map.Entry<String, String> mark : marks.entrySet()) {
            methods = methods.replace("${" + mark.getKey() + "}", mark.getValue());
        }
        marks.put("family", methods);
        return marks;
    }

    /** Without comments, which may speak of marks. */
    private static String read(String resource) {
        try (InputStream in = DecoderText.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(line -> !line.stripLeading().startsWith("#")).collect(Collectors.joining("\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
