package craft.intervention;

import com.fasterxml.jackson.databind.ObjectMapper;
import craft.error.InvalidInputException;
import craft.lm.FloatTensor;
import craft.lm.ModelConfig;
import craft.lm.Projection;
import craft.lm.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * LoRA as PEFT reads it ({@code PeftModel.from_pretrained}): {@value #TENSORS} with
 * {@code base_model.model.<module>.lora_A.weight} {@code [r, in]} and {@code .lora_B.weight} {@code [out, r]}, and
 * {@value #CONFIG}. Where a base model holds several projections in one matrix (GPT-2, GPT-NeoX), their updates become one
 * of that matrix: the A below each other, the B in their rows and zeros elsewhere, which is the same function with the sum
 * of their ranks.
 */
public final class PeftFiles {
    public static final String TENSORS = "adapter_model.safetensors";
    public static final String CONFIG = "adapter_config.json";
    private static final Pattern NAME = Pattern.compile("layer\\.(\\d{1,6})\\.(q|k|v|o|gate|up|down)\\.lora_A");

    private PeftFiles() {
    }

    /** One projection's update. @param a {@code [r, in]}; @param b {@code [out, r]} */
    private record Update(FloatTensor a, FloatTensor b) {
        int rank() {
            return (int) a.shape()[0];
        }
    }

    /** A linear module's place. @param rows for each number that the projection gives, its row in the module's output */
    private record Place(String module, int[] rows, int out) {
    }

    /**
     * Writes both files into a folder that exists.
     *
     * @param tensors as {@link LoraSet#tensors()} names them
     * @param modelFolder the base model, which PEFT is told to load
     * @throws InvalidInputException when the tensors are no LoRA without experts
     * @throws IOException when a file cannot be written
     */
    public static List<Path> write(Path folder, Map<String, FloatTensor> tensors, Path modelFolder) throws IOException {
        ModelConfig model = ModelConfig.read(modelFolder.resolve("config.json"));
        if (!tensors.containsKey("scale") || tensors.keySet().stream().anyMatch(n -> n.endsWith(".gate"))) {
            throw new InvalidInputException("PEFT has no form for what this method trains. Only LoRA without a mixture of experts can be "
                    + "exported as peft.");
        }
        double scale = tensors.get("scale").data()[0];
        SortedMap<Integer, Map<String, List<Map.Entry<Place, Update>>>> layers = new TreeMap<>();
        tensors.forEach((name, a) -> {
            Matcher m = NAME.matcher(name);
            if (m.matches()) {
                FloatTensor b = tensors.get(name.replace("lora_A", "lora_B"));
                Place place = place(model, Projection.valueOf(m.group(2).toUpperCase(Locale.ROOT)));
                layers.computeIfAbsent(Integer.parseInt(m.group(1)), l -> new TreeMap<>())
                        .computeIfAbsent(place.module, p -> new ArrayList<>()).add(Map.entry(place, new Update(a, b)));
            }
        });
        SortedMap<String, FloatTensor> out = new TreeMap<>();
        SortedMap<String, Integer> ranks = new TreeMap<>();
        layers.forEach((layer, modules) -> modules.forEach((module, updates) -> {
            Update one = fused(updates);
            String name = "base_model.model." + blocks(model) + "." + layer + "." + module;
            out.put(name + ".lora_A.weight", one.a);
            out.put(name + ".lora_B.weight", one.b);
            ranks.put(module, one.rank());
        }));
        Path file = folder.resolve(TENSORS);
        SafeTensors.write(file, out, Map.of("format", "pt"));
        Path config = folder.resolve(CONFIG);
        Files.write(config, new ObjectMapper().writerWithDefaultPrettyPrinter()
                .writeValueAsBytes(config(model, modelFolder.toString(), layers.keySet(), ranks, scale)));
        return List.of(file, config);
    }

    private static Update fused(List<Map.Entry<Place, Update>> updates) {
        int rank = updates.stream().mapToInt(u -> u.getValue().rank()).sum();
        int in = (int) updates.get(0).getValue().a.shape()[1];
        int out = updates.get(0).getKey().out;
        float[] a = new float[rank * in];
        float[] b = new float[out * rank];
        int at = 0;
        for (Map.Entry<Place, Update> update : updates) {
            int r = update.getValue().rank();
            System.arraycopy(update.getValue().a.data(), 0, a, at * in, r * in);
            int[] rows = update.getKey().rows;
            for (int o = 0; o < rows.length; o++) {
                System.arraycopy(update.getValue().b.data(), o * r, b, rows[o] * rank + at, r);
            }
            at += r;
        }
        return new Update(new FloatTensor(new long[] {rank, in}, a), new FloatTensor(new long[] {out, rank}, b));
    }

    private static Map<String, Object> config(ModelConfig model, String baseModel, Collection<Integer> layers,
            SortedMap<String, Integer> ranks, double scale) {
        int rank = ranks.values().stream().mapToInt(r -> r).min().orElse(1);
        Map<String, Integer> otherRanks = new TreeMap<>();
        Map<String, Double> otherAlphas = new TreeMap<>();
        ranks.forEach((module, r) -> {
            if (r != rank) {
                otherRanks.put(module, r);
                otherAlphas.put(module, scale * r);
            }
        });
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("peft_type", "LORA");
        if (model.writesText()) {
            config.put("task_type", "CAUSAL_LM"); // PEFT has no word for masked language models
        }
        config.put("base_model_name_or_path", baseModel);
        config.put("r", rank);
        config.put("lora_alpha", scale * rank);
        config.put("lora_dropout", 0.0);
        config.put("bias", "none");
        config.put("fan_in_fan_out", model.architecture().equals("GPT2LMHeadModel"));
        config.put("inference_mode", true);
        config.put("target_modules", List.copyOf(ranks.keySet()));
        if (layers.size() < model.layers()) {
            config.put("layers_to_transform", List.copyOf(layers));
            String blocks = blocks(model);
            config.put("layers_pattern", blocks.substring(blocks.lastIndexOf('.') + 1));
        }
        config.put("rank_pattern", otherRanks);
        config.put("alpha_pattern", otherAlphas);
        return config;
    }

    /** What stands before a block's number in the base model. */
    private static String blocks(ModelConfig model) {
        return switch (model.architecture()) {
            case "GPT2LMHeadModel" -> "transformer.h";
            case "GPTNeoXForCausalLM" -> "gpt_neox.layers";
            case "BertForMaskedLM", "BertForPreTraining" -> "bert.encoder.layer";
            default -> "model.layers";
        };
    }

    private static Place place(ModelConfig model, Projection projection) {
        int out = projection.out(model);
        return switch (model.architecture()) {
            case "GPT2LMHeadModel" -> switch (projection) {
                case Q, K, V -> new Place("attn.c_attn", from(projection.ordinal() * out, out), 3 * out);
                case O -> new Place("attn.c_proj", from(0, out), out);
                case UP -> new Place("mlp.c_fc", from(0, out), out);
                case DOWN -> new Place("mlp.c_proj", from(0, out), out);
                case GATE -> throw new IllegalArgumentException("no gate");
            };
            case "GPTNeoXForCausalLM" -> switch (projection) {
                case Q, K, V -> new Place("attention.query_key_value", headByHead(model, projection.ordinal(), out), 3 * out);
                case O -> new Place("attention.dense", from(0, out), out);
                case UP -> new Place("mlp.dense_h_to_4h", from(0, out), out);
                case DOWN -> new Place("mlp.dense_4h_to_h", from(0, out), out);
                case GATE -> throw new IllegalArgumentException("no gate");
            };
            case "BertForMaskedLM", "BertForPreTraining" -> new Place(switch (projection) {
                case Q -> "attention.self.query";
                case K -> "attention.self.key";
                case V -> "attention.self.value";
                case O -> "attention.output.dense";
                case UP -> "intermediate.dense";
                case DOWN -> "output.dense";
                case GATE -> throw new IllegalArgumentException("no gate");
            }, from(0, out), out);
            default -> new Place((projection.ordinal() < Projection.GATE.ordinal() ? "self_attn." : "mlp.")
                    + projection.shortName() + "_proj", from(0, out), out);
        };
    }

    private static int[] from(int first, int count) {
        int[] rows = new int[count];
        Arrays.setAll(rows, i -> first + i);
        return rows;
    }

    /** GPT-NeoX lays queries, keys and values of one head side by side, head after head. */
    private static int[] headByHead(ModelConfig model, int part, int count) {
        int width = model.headDim();
        int[] rows = new int[count];
        Arrays.setAll(rows, i -> (3 * (i / width) + part) * width + i % width);
        return rows;
    }
}
