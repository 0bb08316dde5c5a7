package craft.lm.oracle;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import craft.lm.DType;
import craft.lm.ModelConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * Writes tiny random model folders. The same options and seed give the same weights before they are rounded to the
 * type asked for, however many shards they are in. Writes safetensors by itself, so that the product's reader is not
 * checked by its own writer.
 */
public final class TinyModels {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectNode config = JSON.createObjectNode();
    private long seed;
    private int shards = 1;
    private DType dtype = DType.F32;

    private TinyModels(String architecture) {
        config.putArray("architectures").add(architecture);
        config.put("hidden_size", 32).put("intermediate_size", 48).put("num_hidden_layers", 3)
                .put("num_attention_heads", 4).put("num_key_value_heads", 2).put("vocab_size", 512)
                .put("max_position_embeddings", 128).put("rms_norm_eps", 1e-5).put("rope_theta", 10000.0)
                .put("hidden_act", "silu").put("tie_word_embeddings", false).put("bos_token_id", 1)
                .put("eos_token_id", 2);
    }

    public static TinyModels llama() {
        return new TinyModels("LlamaForCausalLM");
    }

    /** Heads that are not hidden size / heads, as in Mistral Nemo. */
    public static TinyModels mistral() {
        return new TinyModels("MistralForCausalLM").set("head_dim", 12).set("sliding_window", null);
    }

    /** Biases on queries, keys and values. */
    public static TinyModels qwen2() {
        return new TinyModels("Qwen2ForCausalLM").set("use_sliding_window", false).set("tie_word_embeddings", true);
    }

    /** Norms of queries and keys, heads wider than hidden size / heads. */
    public static TinyModels qwen3() {
        return new TinyModels("Qwen3ForCausalLM").set("head_dim", 16).set("attention_bias", false);
    }

    /** Llama with stretched rotary frequencies: some kept, some divided, one between. */
    public static TinyModels llama3() {
        return llama().set("rope_theta", 500.0).set("rope_scaling", Map.of("rope_type", "llama3", "factor", 8.0,
                "low_freq_factor", 1.0, "high_freq_factor", 4.0, "original_max_position_embeddings", 64));
    }

    /** Sets any key of config.json. */
    public TinyModels set(String key, Object value) {
        config.set(key, JSON.valueToTree(value));
        return this;
    }

    public TinyModels seed(long value) {
        seed = value;
        return this;
    }

    /** @param count 1: model.safetensors; more: an index and that many files */
    public TinyModels shards(int count) {
        shards = count;
        return this;
    }

    /** @param type F32, F16 or BF16 */
    public TinyModels dtype(DType type) {
        dtype = type;
        return this;
    }

    /** @return {@code folder}, which is made */
    public Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        config.put("torch_dtype", dtype == DType.F32 ? "float32" : dtype == DType.F16 ? "float16" : "bfloat16");
        Path file = Files.writeString(folder.resolve("config.json"), config.toPrettyString());
        try (InputStream tokenizer = Objects.requireNonNull(
                TinyModels.class.getResourceAsStream("/models/stories260k/tokenizer.json"))) {
            Files.write(folder.resolve("tokenizer.json"), tokenizer.readAllBytes());
        }
        writeWeights(folder, random(ModelConfig.read(file)));
        return folder;
    }

    private record Tensor(long[] shape, float[] values) {
    }

    private Map<String, Tensor> random(ModelConfig shape) {
        Random random = new Random(seed);
        Map<String, Tensor> all = new LinkedHashMap<>();
        shape.expectedTensors().forEach((name, size) -> {
            boolean matrix = size.length == 2;
            float[] values = new float[(int) (matrix ? size[0] * size[1] : size[0])];
            // Norm scales are about 1, biases large enough to be missed, matrices keep the variance of their input.
            double mean = name.endsWith("norm.weight") ? 1 : 0;
            double deviation = name.contains("embed_tokens") ? 1 : matrix ? 1.5 / Math.sqrt(size[1]) : 0.3;
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (mean + deviation * random.nextGaussian());
            }
            all.put(name, new Tensor(size, values));
        });
        return all;
    }

    private void writeWeights(Path folder, Map<String, Tensor> all) throws IOException {
        if (shards == 1) {
            writeFile(folder.resolve("model.safetensors"), all);
            return;
        }
        List<String> names = new ArrayList<>(all.keySet());
        ObjectNode index = JSON.createObjectNode();
        index.putObject("metadata").put("total_size", 0);
        ObjectNode map = index.putObject("weight_map");
        for (int i = 0; i < shards; i++) {
            String file = String.format("model-%05d-of-%05d.safetensors", i + 1, shards);
            Map<String, Tensor> part = new LinkedHashMap<>();
            for (String name : names.subList(names.size() * i / shards, names.size() * (i + 1) / shards)) {
                part.put(name, all.get(name));
                map.put(name, file);
            }
            writeFile(folder.resolve(file), part);
        }
        Files.writeString(folder.resolve("model.safetensors.index.json"), index.toPrettyString());
    }

    private void writeFile(Path file, Map<String, Tensor> tensors) throws IOException {
        ObjectNode header = JSON.createObjectNode();
        header.putObject("__metadata__").put("format", "pt");
        long at = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            ObjectNode tensor = header.putObject(entry.getKey()).put("dtype", dtype.name());
            for (long size : entry.getValue().shape) {
                tensor.withArray("shape").add(size);
            }
            long end = at + (long) dtype.bytes() * entry.getValue().values.length;
            tensor.putArray("data_offsets").add(at).add(end);
            at = end;
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).array());
            out.write(json);
            for (Tensor tensor : tensors.values()) {
                ByteBuffer bytes = ByteBuffer.allocate(dtype.bytes() * tensor.values.length)
                        .order(ByteOrder.LITTLE_ENDIAN);
                for (float value : tensor.values) {
                    switch (dtype) {
                        case F32 -> bytes.putFloat(value);
                        case F16 -> bytes.putShort(half(value));
                        case BF16 -> bytes.putShort((short) (Float.floatToIntBits(value) >>> 16));
                        default -> throw new IllegalArgumentException(dtype.name());
                    }
                }
                out.write(bytes.array());
            }
        }
    }

    /** Nearest half of a number of ordinary size. */
    private static short half(float value) {
        double magnitude = Math.abs((double) value);
        int exponent = Math.max(Math.getExponent(magnitude), -14);
        long steps = (long) Math.rint(Math.scalb(magnitude, 10 - exponent)); // of 2^(exponent - 10)
        if (steps > 2047) {
            steps /= 2;
            exponent++;
        }
        if (exponent > 15) {
            throw new IllegalArgumentException(value + " is too large for a half");
        }
        long bits = steps < 1024 ? steps : (long) (exponent + 15) << 10 | (steps - 1024);
        return (short) (bits | (value < 0 ? 0x8000 : 0));
    }
}
