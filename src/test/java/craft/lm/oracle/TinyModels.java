package craft.lm.oracle;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
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
import java.util.stream.LongStream;

/**
 * Writes tiny random model folders. The same options and seed give the same weights before they are rounded to the
 * type asked for, however many shards they are in. Writes safetensors by itself, so that the product's reader is not
 * checked by its own writer.
 */
public final class TinyModels {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectNode config = JSON.createObjectNode();
    private boolean bare;
    private long seed;
    private int shards = 1;
    private DType dtype = DType.F32;

    private TinyModels(String architecture) {
        config.putArray("architectures").add(architecture);
        config.put("vocab_size", 512).put("bos_token_id", 1).put("eos_token_id", 2);
    }

    private static TinyModels llama(String architecture) {
        TinyModels model = new TinyModels(architecture);
        model.config.put("hidden_size", 32).put("intermediate_size", 48).put("num_hidden_layers", 3)
                .put("num_attention_heads", 4).put("num_key_value_heads", 2).put("max_position_embeddings", 128)
                .put("rms_norm_eps", 1e-5).put("rope_theta", 10000.0).put("hidden_act", "silu")
                .put("tie_word_embeddings", false);
        return model;
    }

    public static TinyModels llama() {
        return llama("LlamaForCausalLM");
    }

    /** Heads that are not hidden size / heads, as in Mistral Nemo. */
    public static TinyModels mistral() {
        return llama("MistralForCausalLM").set("head_dim", 12).set("sliding_window", null);
    }

    /** Biases on queries, keys and values. */
    public static TinyModels qwen2() {
        return llama("Qwen2ForCausalLM").set("use_sliding_window", false).set("tie_word_embeddings", true);
    }

    /** Norms of queries and keys, heads wider than hidden size / heads. */
    public static TinyModels qwen3() {
        return llama("Qwen3ForCausalLM").set("head_dim", 16).set("attention_bias", false);
    }

    /** Llama with stretched rotary frequencies: some kept, some divided, one between. */
    public static TinyModels llama3() {
        return llama().set("rope_theta", 500.0).set("rope_scaling", Map.of("rope_type", "llama3", "factor", 8.0,
                "low_freq_factor", 1.0, "high_freq_factor", 4.0, "original_max_position_embeddings", 64));
    }

    /** Learned positions, matrices {@code [in, out]}, a tied head of which config.json says nothing. */
    public static TinyModels gpt2() {
        TinyModels model = new TinyModels("GPT2LMHeadModel");
        model.config.put("n_embd", 32).put("n_layer", 3).put("n_head", 4).put("n_positions", 128)
                .put("layer_norm_epsilon", 1e-5).put("activation_function", "gelu_new").putNull("n_inner");
        return model;
    }

    /** Pythia: a quarter of every head of 16 numbers turns, both parts of a block read its input. */
    public static TinyModels neox() {
        TinyModels model = new TinyModels("GPTNeoXForCausalLM");
        model.config.put("hidden_size", 48).put("intermediate_size", 40).put("num_hidden_layers", 3)
                .put("num_attention_heads", 3).put("max_position_embeddings", 128).put("layer_norm_eps", 1e-5)
                .put("rotary_pct", 0.25).put("rotary_emb_base", 10000).put("use_parallel_residual", true)
                .put("hidden_act", "gelu").put("tie_word_embeddings", false);
        return model;
    }

    /** A masked language model with [CLS] 2, [SEP] 3 and [MASK] 4, whose words are single letters. */
    public static TinyModels bert() {
        TinyModels model = new TinyModels("BertForMaskedLM");
        model.config.remove(List.of("bos_token_id", "eos_token_id"));
        model.config.put("hidden_size", 32).put("intermediate_size", 48).put("num_hidden_layers", 3)
                .put("num_attention_heads", 4).put("max_position_embeddings", 128).put("type_vocab_size", 2)
                .put("layer_norm_eps", 1e-12).put("hidden_act", "gelu").put("tie_word_embeddings", true);
        return model;
    }

    /**
     * Leaves out {@code transformer.} before the tensors' names and adds attention masks, as GPT-2's own file does; BERT's own
     * file says gamma and beta.
     */
    public TinyModels bare() {
        bare = true;
        return this;
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
        if (masked()) {
            Files.write(folder.resolve("tokenizer.json"), JSON.writeValueAsBytes(letters()));
            writeWeights(folder, random(shapes(file)));
            return folder;
        }
        try (InputStream tokenizer = Objects.requireNonNull(
                TinyModels.class.getResourceAsStream("/models/stories260k/tokenizer.json"))) {
            Files.write(folder.resolve("tokenizer.json"), tokenizer.readAllBytes());
        }
        writeWeights(folder, random(shapes(file)));
        return folder;
    }

    private boolean masked() {
        return config.get("architectures").get(0).textValue().startsWith("Bert");
    }

    /** WordPiece over letters and digits, filled up to 512 words. */
    private static ObjectNode letters() {
        ObjectNode words = JSON.createObjectNode();
        for (String special : List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")) {
            words.put(special, words.size());
        }
        for (char c : "abcdefghijklmnopqrstuvwxyz0123456789.,:?!-".toCharArray()) {
            words.put("" + c, words.size()).put("##" + c, words.size());
        }
        while (words.size() < 512) {
            words.put("[unused" + words.size() + "]", words.size());
        }
        ObjectNode root = JSON.createObjectNode();
        root.put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        for (String special : List.of("[CLS]", "[SEP]", "[MASK]")) {
            added.addObject().put("id", words.get(special).intValue()).put("content", special).put("single_word", false)
                    .put("lstrip", false).put("rstrip", false).put("normalized", false).put("special", true);
        }
        root.putObject("normalizer").put("type", "BertNormalizer").put("clean_text", true)
                .put("handle_chinese_chars", true).putNull("strip_accents").put("lowercase", true);
        root.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
        root.putObject("post_processor").put("type", "BertProcessing").putArray("sep").add("[SEP]").add(3);
        ((ObjectNode) root.get("post_processor")).putArray("cls").add("[CLS]").add(2);
        root.putObject("decoder").put("type", "WordPiece").put("prefix", "##").put("cleanup", true);
        root.putObject("model").put("type", "WordPiece").put("unk_token", "[UNK]")
                .put("continuing_subword_prefix", "##").put("max_input_chars_per_word", 100).set("vocab", words);
        return root;
    }

    private record Tensor(long[] shape, float[] values) {
    }

    private Map<String, long[]> shapes(Path config) {
        return switch (this.config.get("architectures").get(0).textValue()) {
            case "GPT2LMHeadModel" -> gpt2Shapes();
            case "GPTNeoXForCausalLM" -> neoxShapes();
            case "BertForMaskedLM", "BertForPreTraining" -> bertShapes();
            default -> ModelConfig.read(config).expectedTensors();
        };
    }

    private Map<String, long[]> gpt2Shapes() {
        Map<String, long[]> all = new LinkedHashMap<>();
        String root = bare ? "" : "transformer.";
        long d = config.get("n_embd").longValue();
        long inner = config.get("n_inner").asLong() > 0 ? config.get("n_inner").longValue() : 4 * d;
        long vocabulary = config.get("vocab_size").longValue();
        all.put(root + "wte.weight", new long[] {vocabulary, d});
        all.put(root + "wpe.weight", new long[] {config.get("n_positions").longValue(), d});
        for (int i = 0; i < config.get("n_layer").intValue(); i++) {
            String block = root + "h." + i + ".";
            norm(all, block + "ln_1", d);
            if (bare) {
                all.put(block + "attn.bias", new long[] {1, 1, 8, 8});
            }
            conv1d(all, block + "attn.c_attn", d, 3 * d);
            conv1d(all, block + "attn.c_proj", d, d);
            norm(all, block + "ln_2", d);
            conv1d(all, block + "mlp.c_fc", d, inner);
            conv1d(all, block + "mlp.c_proj", inner, d);
        }
        norm(all, root + "ln_f", d);
        if (!config.path("tie_word_embeddings").asBoolean(true)) {
            all.put("lm_head.weight", new long[] {vocabulary, d});
        }
        return all;
    }

    private Map<String, long[]> neoxShapes() {
        Map<String, long[]> all = new LinkedHashMap<>();
        long d = config.get("hidden_size").longValue();
        long inner = config.get("intermediate_size").longValue();
        boolean bias = config.path("attention_bias").asBoolean(true);
        long[] table = {config.get("vocab_size").longValue(), d};
        all.put("gpt_neox.embed_in.weight", table);
        for (int i = 0; i < config.get("num_hidden_layers").intValue(); i++) {
            String block = "gpt_neox.layers." + i + ".";
            norm(all, block + "input_layernorm", d);
            norm(all, block + "post_attention_layernorm", d);
            all.put(block + "attention.bias", new long[] {1, 1, 8, 8}); // a mask, in old files
            all.put(block + "attention.masked_bias", new long[0]);
            all.put(block + "attention.rotary_emb.inv_freq", new long[] {2});
            linear(all, block + "attention.query_key_value", 3 * d, d, bias);
            linear(all, block + "attention.dense", d, d, bias);
            linear(all, block + "mlp.dense_h_to_4h", inner, d, true);
            linear(all, block + "mlp.dense_4h_to_h", d, inner, true);
        }
        norm(all, "gpt_neox.final_layer_norm", d);
        if (!config.get("tie_word_embeddings").booleanValue()) {
            all.put("embed_out.weight", table);
        }
        return all;
    }

    private Map<String, long[]> bertShapes() {
        Map<String, long[]> all = new LinkedHashMap<>();
        long d = config.get("hidden_size").longValue();
        long inner = config.get("intermediate_size").longValue();
        long[] table = {config.get("vocab_size").longValue(), d};
        all.put("bert.embeddings.word_embeddings.weight", table);
        all.put("bert.embeddings.position_embeddings.weight", new long[] {128, d});
        all.put("bert.embeddings.token_type_embeddings.weight", new long[] {2, d});
        bertNorm(all, "bert.embeddings.LayerNorm", d);
        for (int i = 0; i < config.get("num_hidden_layers").intValue(); i++) {
            String block = "bert.encoder.layer." + i + ".";
            for (String part : List.of("query", "key", "value")) {
                linear(all, block + "attention.self." + part, d, d, true);
            }
            linear(all, block + "attention.output.dense", d, d, true);
            bertNorm(all, block + "attention.output.LayerNorm", d);
            linear(all, block + "intermediate.dense", inner, d, true);
            linear(all, block + "output.dense", d, inner, true);
            bertNorm(all, block + "output.LayerNorm", d);
        }
        linear(all, "bert.pooler.dense", d, d, true); // for another task than ours
        linear(all, "cls.seq_relationship", 2, d, true);
        linear(all, "cls.predictions.transform.dense", d, d, true);
        bertNorm(all, "cls.predictions.transform.LayerNorm", d);
        all.put("cls.predictions.bias", new long[] {table[0]});
        if (!config.get("tie_word_embeddings").booleanValue()) {
            all.put("cls.predictions.decoder.weight", table);
        }
        return all;
    }

    private void bertNorm(Map<String, long[]> all, String name, long width) {
        all.put(name + (bare ? ".gamma" : ".weight"), new long[] {width});
        all.put(name + (bare ? ".beta" : ".bias"), new long[] {width});
    }

    private static void norm(Map<String, long[]> all, String name, long width) {
        all.put(name + ".weight", new long[] {width});
        all.put(name + ".bias", new long[] {width});
    }

    private static void conv1d(Map<String, long[]> all, String name, long in, long out) {
        all.put(name + ".weight", new long[] {in, out});
        all.put(name + ".bias", new long[] {out});
    }

    private static void linear(Map<String, long[]> all, String name, long out, long in, boolean bias) {
        all.put(name + ".weight", new long[] {out, in});
        if (bias) {
            all.put(name + ".bias", new long[] {out});
        }
    }

    private Map<String, Tensor> random(Map<String, long[]> shapes) {
        Random random = new Random(seed);
        Map<String, Tensor> all = new LinkedHashMap<>();
        shapes.forEach((name, size) -> {
            boolean matrix = size.length == 2;
            float[] values = new float[(int) LongStream.of(size).reduce(1, (a, b) -> a * b)];
            // Norm scales are about 1, biases large enough to be missed, matrices keep the variance of their input.
            double mean = !matrix && (name.endsWith(".weight") || name.endsWith(".gamma")) ? 1 : 0;
            boolean embedding = name.contains("embed_tokens") || name.contains("embed_in") || name.contains("wte")
                    || name.contains("wpe") || name.contains("_embeddings");
            double in = !matrix ? 1 : name.contains(".c_") ? size[0] : size[1];
            double deviation = embedding ? 1 : matrix ? 1.5 / Math.sqrt(in) : 0.3;
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
            ArrayNode shape = tensor.putArray("shape");
            for (long size : entry.getValue().shape) {
                shape.add(size);
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
