package craft.lm.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import craft.error.InvalidInputException;
import craft.intervention.LoraSet;
import craft.intervention.PeftFiles;
import craft.lm.FloatTensor;
import craft.lm.ModelConfig;
import craft.lm.SafeTensors;
import craft.method.lora.LoraOptions;
import craft.method.lora.LoraTrainable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written for PEFT, put back into the plain reference by its modules' names, is the function that was trained. */
class PeftGoldenTest {
    private static final int[] TEXT = {1, 17, 300, 42, 511, 5, 77};

    @TempDir
    Path temp;

    private static LoraSet random(LoraTrainable trainable, ModelConfig config) {
        Random random = new Random(3);
        List<FloatTensor> values = new ArrayList<>();
        for (FloatTensor fresh : trainable.fresh(config, random)) {
            float[] numbers = new float[fresh.data().length];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = (float) (0.2 * random.nextGaussian());
            }
            values.add(new FloatTensor(fresh.shape(), numbers));
        }
        return trainable.adapter(values);
    }

    private static double[] times(FloatTensor matrix, int from, int rows, double[] x) {
        return IntStream.range(0, rows).mapToDouble(i -> IntStream.range(0, x.length)
                .mapToDouble(j -> matrix.data()[from + i * x.length + j] * x[j]).sum()).toArray();
    }

    private static double[] scaled(double[] x, double scale) {
        return IntStream.range(0, x.length).mapToDouble(i -> scale * x[i]).toArray();
    }

    private static void adapt(PlainDecoder plain, LoraSet set) {
        set.parts().forEach((projection, part) -> {
            int rank = part.rows();
            for (int i = 0; i < set.layers().length; i++) {
                int at = i;
                int in = (int) part.a().shape()[2];
                int out = (int) part.b().shape()[1];
                plain.adapt(projection, set.layers()[i], x -> scaled(times(part.b(), at * out * rank, out,
                        times(part.a(), at * rank * in, rank, x)), set.scale()));
            }
        });
    }

    /** As PEFT does: by module name, scaled by alpha / r of the module, rows of A counted. */
    private static void adaptFromFiles(PlainDecoder plain, Path folder, JsonNode config) {
        try (SafeTensors file = SafeTensors.open(folder.resolve(PeftFiles.TENSORS))) {
            assertThat(file.metadata()).containsEntry("format", "pt");
            for (String name : file.names()) {
                if (!name.endsWith(".lora_A.weight")) {
                    continue;
                }
                String module = name.substring("base_model.model.".length(), name.length() - ".lora_A.weight".length());
                FloatTensor a = tensor(file, name);
                FloatTensor b = tensor(file, name.replace("lora_A", "lora_B"));
                int rank = (int) a.shape()[0];
                String target = StreamSupport.stream(config.get("target_modules").spliterator(), false).map(JsonNode::textValue)
                        .filter(t -> module.endsWith("." + t)).findFirst().orElseThrow();
                assertThat(config.get("rank_pattern").path(target).asInt(config.get("r").intValue())).as(module).isEqualTo(rank);
                double alpha = config.get("alpha_pattern").path(target).asDouble(config.get("lora_alpha").doubleValue());
                plain.adapt(module, x -> scaled(times(b, 0, (int) b.shape()[0], times(a, 0, rank, x)), alpha / rank));
            }
        }
    }

    private static FloatTensor tensor(SafeTensors file, String name) {
        return new FloatTensor(file.entry(name).shape(), file.floats(name));
    }

    private JsonNode check(TinyModels tiny, String name, LoraOptions options) throws IOException {
        Path model = tiny.seed(9).write(temp.resolve(name));
        ModelConfig config = ModelConfig.read(model.resolve("config.json"));
        LoraSet set = random(LoraTrainable.of(options, config, 1, "lora"), config);
        Path folder = Files.createDirectories(temp.resolve(name + "-peft"));
        assertThat(PeftFiles.write(folder, set.tensors(), model)).extracting(f -> f.getFileName().toString())
                .containsExactly("adapter_model.safetensors", "adapter_config.json");
        JsonNode written = new ObjectMapper().readTree(folder.resolve(PeftFiles.CONFIG).toFile());
        PlainDecoder trained = PlainDecoder.read(model);
        adapt(trained, set);
        PlainDecoder read = PlainDecoder.read(model);
        adaptFromFiles(read, folder, written);
        double[][] wanted = trained.forward(TEXT, List.of()).logits();
        double[][] found = read.forward(TEXT, List.of()).logits();
        double[] before = PlainDecoder.read(model).forward(TEXT, List.of()).logits()[TEXT.length - 1];
        for (int t = 0; t < TEXT.length; t++) {
            assertThat(found[t]).as(name + " " + t).containsExactly(wanted[t], within(1e-6));
        }
        assertThat(found[TEXT.length - 1][7]).isNotCloseTo(before[7], within(1e-4));
        assertThat(written.get("base_model_name_or_path").textValue()).isEqualTo(model.toString());
        assertThat(written.get("peft_type").textValue()).isEqualTo("LORA");
        return written;
    }

    @Test
    void everyProjectionOfEveryFamily() throws IOException {
        LoraOptions all = new LoraOptions("all", "all", 3, 4.5);
        JsonNode llama = check(TinyModels.llama(), "llama", all);
        assertThat(llama.get("r").intValue()).isEqualTo(3);
        assertThat(llama.get("lora_alpha").doubleValue()).isEqualTo(4.5);
        assertThat(llama.get("task_type").textValue()).isEqualTo("CAUSAL_LM");
        assertThat(llama.has("layers_to_transform")).isFalse();
        assertThat(llama.get("target_modules")).extracting(JsonNode::textValue).containsExactly("mlp.down_proj", "mlp.gate_proj",
                "mlp.up_proj", "self_attn.k_proj", "self_attn.o_proj", "self_attn.q_proj", "self_attn.v_proj");
        check(TinyModels.qwen3(), "qwen3", all);
        JsonNode gpt2 = check(TinyModels.gpt2(), "gpt2", all);
        assertThat(gpt2.get("fan_in_fan_out").booleanValue()).isTrue();
        assertThat(gpt2.get("rank_pattern").get("attn.c_attn").intValue()).as("queries, keys and values in one matrix").isEqualTo(9);
        check(TinyModels.neox(), "neox", all);
        assertThat(check(TinyModels.bert(), "bert", all).has("task_type")).isFalse();
    }

    @Test
    void someProjectionsOfSomeBlocks() throws IOException {
        LoraOptions some = new LoraOptions("q,v", "0,2", 2, 4);
        JsonNode llama = check(TinyModels.llama(), "llama", some);
        assertThat(llama.get("layers_to_transform")).extracting(JsonNode::intValue).containsExactly(0, 2);
        assertThat(llama.get("layers_pattern").textValue()).isEqualTo("layers");
        JsonNode gpt2 = check(TinyModels.gpt2(), "gpt2", some);
        assertThat(gpt2.get("r").intValue()).isEqualTo(4);
        assertThat(gpt2.get("layers_pattern").textValue()).isEqualTo("h");
        check(TinyModels.neox(), "neox", new LoraOptions("k,down", "1", 2, 4));
    }

    @Test
    void namesAndShapesAreThoseOfPeft() throws IOException {
        check(TinyModels.llama(), "llama", new LoraOptions("q,v", "1", 8, 16));
        try (SafeTensors file = SafeTensors.open(temp.resolve("llama-peft").resolve(PeftFiles.TENSORS))) {
            assertThat(file.names()).containsExactlyInAnyOrder("base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight",
                    "base_model.model.model.layers.1.self_attn.q_proj.lora_B.weight",
                    "base_model.model.model.layers.1.self_attn.v_proj.lora_A.weight",
                    "base_model.model.model.layers.1.self_attn.v_proj.lora_B.weight");
            assertThat(file.entry("base_model.model.model.layers.1.self_attn.v_proj.lora_A.weight").shape()).containsExactly(8, 32);
            assertThat(file.entry("base_model.model.model.layers.1.self_attn.v_proj.lora_B.weight").shape()).containsExactly(16, 8);
        }
    }

    @Test
    void whatPeftHasNoFormForIsRefused() throws IOException {
        Path model = TinyModels.llama().write(temp.resolve("llama"));
        ModelConfig config = ModelConfig.read(model.resolve("config.json"));
        LoraSet experts = random(LoraTrainable.of(LoraOptions.defaults(), config, 2, "lora"), config);
        assertThatThrownBy(() -> PeftFiles.write(temp, experts.tensors(), model)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Only LoRA without a mixture of experts");
        assertThatThrownBy(() -> PeftFiles.write(temp, Map.of("layer.0.rotation", new FloatTensor(new long[] {1}, new float[1])), model))
                .isInstanceOf(InvalidInputException.class);
    }
}
