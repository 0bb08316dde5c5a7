package craft.method.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import craft.intervention.LoraSet;
import craft.lm.CausalLm;
import craft.lm.EditPositions;
import craft.lm.FloatTensor;
import craft.lm.ForwardPass;
import craft.lm.PlainPass;
import craft.lm.PrefixCache;
import craft.lm.Projection;
import craft.lm.Sequence;
import craft.lm.TorchThread;
import craft.lm.oracle.PlainDecoder;
import craft.lm.oracle.TinyModels;
import craft.method.TrainingOptions;
import craft.method.train.AdapterAnswers;
import craft.method.train.Objective;
import craft.method.train.Training;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Low-rank updates of every projection in every family, against the plain float64 reference with W + B A in place of W. */
class LoraGoldenTest {
    private static final Map<String, Supplier<TinyModels>> FAMILIES = new LinkedHashMap<>();
    static {
        FAMILIES.put("llama", TinyModels::llama);
        FAMILIES.put("mistral", TinyModels::mistral);
        FAMILIES.put("qwen3", TinyModels::qwen3);
        FAMILIES.put("gpt2", TinyModels::gpt2);
        FAMILIES.put("neox", TinyModels::neox);
        FAMILIES.put("bert", TinyModels::bert);
    }
    private static final int[] PROMPT = {1, 17, 300, 42, 511, 5, 77};
    private static final int[] ANSWER = {9, 250, 2};

    @TempDir
    Path temp;

    @BeforeAll
    static void prepare() {
        TorchThread.prepare();
    }

    private interface Check {
        void check(String name, CausalLm model, PlainDecoder plain) throws IOException;
    }

    private void forEachFamily(Check check) throws IOException {
        for (Map.Entry<String, Supplier<TinyModels>> family : FAMILIES.entrySet()) {
            Path folder = family.getValue().get().seed(7).write(temp.resolve(family.getKey()));
            try (CausalLm model = CausalLm.load(folder)) {
                check.check(family.getKey(), model, PlainDecoder.read(folder));
            }
        }
    }

    /** Random matrices, B among them: what training could have led to. */
    private static List<FloatTensor> random(LoraTrainable trainable, CausalLm model, long seed) {
        Random random = new Random(seed);
        List<FloatTensor> values = new ArrayList<>();
        for (FloatTensor fresh : trainable.fresh(model.config(), random)) {
            float[] numbers = new float[fresh.data().length];
            double deviation = 1 / Math.sqrt(fresh.shape()[2]);
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = (float) (deviation * random.nextGaussian());
            }
            values.add(new FloatTensor(fresh.shape(), numbers));
        }
        return values;
    }

    private static void adapt(PlainDecoder plain, LoraSet set) {
        set.parts().forEach((projection, part) -> {
            for (int i = 0; i < set.layers().length; i++) {
                int at = i;
                plain.adapt(projection, set.layers()[i], x -> update(part, at, set.scale(), x));
            }
        });
    }

    /** scale * sum over experts e of softmax(G x)_e B_e A_e x. */
    private static double[] update(LoraSet.Part part, int row, double scale, double[] x) {
        int rank = part.rows() / part.experts();
        double[] share = {1};
        if (part.gate() != null) {
            share = times(part.gate(), row, x);
            double sum = Arrays.stream(share).map(Math::exp).sum();
            share = Arrays.stream(share).map(v -> Math.exp(v) / sum).toArray();
        }
        double[] low = times(part.a(), row, x);
        for (int i = 0; i < low.length; i++) {
            low[i] *= scale * share[i / rank];
        }
        return times(part.b(), row, low);
    }

    private static double[] times(FloatTensor stacked, int row, double[] x) {
        int height = (int) stacked.shape()[1];
        int from = row * height * x.length;
        return IntStream.range(0, height).mapToDouble(i -> IntStream.range(0, x.length)
                .mapToDouble(j -> stacked.data()[from + i * x.length + j] * x[j]).sum()).toArray();
    }

    private static double[] logLikelihoods(CausalLm model, ForwardPass pass, LoraSet set, List<Sequence> batch) {
        try (NDManager step = model.newManager()) {
            float[] values = model.logLikelihood(pass.hidden(step, batch, set == null ? null : set.on(step)), ForwardPass.targets(batch));
            return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
        }
    }

    private void agree(String targets, String layers, int experts) throws IOException {
        forEachFamily((name, model, plain) -> {
            LoraTrainable trainable = LoraTrainable.of(new LoraOptions(targets, layers, 3, 4.5), model.config(), experts, "lora");
            LoraSet set = trainable.adapter(random(trainable, model, 11));
            List<Sequence> batch = List.of(new Sequence(PROMPT, List.of(ANSWER)), new Sequence(new int[] {3}, List.of(new int[] {4})));
            adapt(plain, set);
            double[][] wanted = plain.answerLogProbabilities(PROMPT, ANSWER, List.of());
            double[] found = logLikelihoods(model, new PlainPass(model), set, batch);
            double[] without = logLikelihoods(model, new PlainPass(model), null, batch);
            for (int i = 0; i < ANSWER.length; i++) {
                assertThat(found[i]).as(name + " " + targets + " token " + i).isCloseTo(wanted[i][ANSWER[i]], within(2e-4));
            }
            assertThat(found[0]).as("the update does something").isNotCloseTo(without[0], within(1e-3));
        });
    }

    @Test
    void updatesOfAllProjectionsAreWPlusBA() throws IOException {
        agree("all", "all", 1);
    }

    @Test
    void updatesOfSomeProjectionsAndBlocks() throws IOException {
        agree("q,v", "0,2", 1);
        agree("k,down", "1", 1);
    }

    @Test
    void expertsAreMixedBySoftmaxOfTheGate() throws IOException {
        agree("all", "all", 3);
        agree("v,up", "1-2", 2);
    }

    /** Greedy generation, where every later token passes the updated weights too. */
    @Test
    void generationUsesTheUpdatesAtEveryToken() throws IOException {
        forEachFamily((name, model, plain) -> {
            if (!model.config().writesText()) {
                return;
            }
            LoraTrainable trainable = LoraTrainable.of(new LoraOptions("all", "all", 3, 6), model.config(), 1, "lora");
            LoraSet set = trainable.adapter(random(trainable, model, 12));
            adapt(plain, set);
            int[] text = PROMPT.clone();
            for (int i = 0; i < 3; i++) {
                double[][] logits = plain.forward(text, List.of()).logits();
                double[] last = logits[logits.length - 1];
                text = Arrays.copyOf(text, text.length + 1);
                text[text.length - 1] = IntStream.range(0, last.length).reduce((a, b) -> last[b] > last[a] ? b : a).orElseThrow();
            }
            assertThat(IntStream.of(text).skip(PROMPT.length)).as("a text without the end token, which would stop it").doesNotContain(2);
            try (AdapterAnswers answers = new AdapterAnswers(model, new PlainPass(model), set)) {
                assertThat(answers.generate(List.of(PROMPT), 3).get(0)).as(name)
                        .containsExactly(Arrays.copyOfRange(text, PROMPT.length, text.length));
            }
        });
    }

    @Test
    void gradientsAreThoseOfFiniteDifferences() throws IOException {
        for (int experts : new int[] {1, 2}) {
            forEachFamily((name, model, plain) -> {
                LoraTrainable trainable = LoraTrainable.of(new LoraOptions("all", "1,2", 2, 3), model.config(), experts, "lora");
                List<FloatTensor> values = random(trainable, model, 13);
                List<float[]> gradients;
                try (Training training = new Training(model, new PlainPass(model), trainable, values, TrainingOptions.defaults())) {
                    gradients = training.gradients(List.of(new Sequence(PROMPT, List.of(ANSWER))), Objective.CROSS_ENTROPY);
                }
                adapt(plain, trainable.adapter(values)); // reads the arrays that are changed below
                Random random = new Random(14);
                for (int p = 0; p < values.size(); p++) {
                    float[] data = values.get(p).data();
                    int i = random.nextInt(data.length);
                    float kept = data[i];
                    data[i] = kept + 0x1p-8f;
                    double above = plain.crossEntropy(PROMPT, ANSWER, List.of());
                    data[i] = kept - 0x1p-8f;
                    double below = plain.crossEntropy(PROMPT, ANSWER, List.of());
                    double width = (double) (kept + 0x1p-8f) - (double) (kept - 0x1p-8f);
                    data[i] = kept;
                    assertThat((double) gradients.get(p)[i]).as("%s, %d experts, array %d [%d]", name, experts, p, i)
                            .isCloseTo((above - below) / width, within(1e-4 + 1e-3 * Math.abs(gradients.get(p)[i])));
                }
            });
        }
    }

    @Test
    void whatLiesBelowTheLowestUpdatedBlockCanBeKept() throws IOException {
        forEachFamily((name, model, plain) -> {
            LoraTrainable trainable = LoraTrainable.of(new LoraOptions("all", "1-2", 2, 3), model.config(), 1, "lora");
            List<FloatTensor> values = random(trainable, model, 15);
            List<Sequence> batch = List.of(new Sequence(PROMPT, List.of(ANSWER, new int[] {8}, ANSWER)), new Sequence(new int[] {3},
                    List.of(new int[] {4})), new Sequence(new int[] {3, 9, 9}, List.of(new int[] {4, 7})));
            try (PrefixCache cache = new PrefixCache(model, EditPositions.ALL, 0, 1 << 20);
                    Training plainly = new Training(model, new PlainPass(model), trainable, values, TrainingOptions.defaults());
                    Training cached = new Training(model, cache, trainable, values, TrainingOptions.defaults())) {
                for (int again = 0; again < 2; again++) {
                    List<float[]> one = plainly.gradients(batch, Objective.CROSS_ENTROPY);
                    List<float[]> other = cached.gradients(batch, Objective.CROSS_ENTROPY);
                    for (int p = 0; p < one.size(); p++) {
                        assertThat(other.get(p)).as(name + " " + p).containsExactly(one.get(p), org.assertj.core.data.Offset.offset(1e-4f));
                    }
                }
                LoraSet set = trainable.adapter(values);
                double[] wanted = logLikelihoods(model, new PlainPass(model), set, batch);
                assertThat(logLikelihoods(model, cache, set, batch)).as(name).containsExactly(wanted, within(1e-4));
                assertThat(cache.hitRate()).isPositive();
            }
        });
    }

    @Test
    void aFreshUpdateChangesNothing() throws IOException {
        forEachFamily((name, model, plain) -> {
            LoraTrainable trainable = LoraTrainable.of(LoraOptions.defaults(), model.config(), 1, "lora");
            List<Sequence> batch = List.of(new Sequence(PROMPT, List.of(ANSWER)));
            LoraSet fresh = trainable.adapter(trainable.fresh(model.config(), new Random(1)));
            assertThat(logLikelihoods(model, new PlainPass(model), fresh, batch))
                    .containsExactly(logLikelihoods(model, new PlainPass(model), null, batch), within(1e-6));
            assertThat(fresh.parts().get(Projection.Q).a().data()).isNotEqualTo(new float[fresh.parts().get(Projection.Q).a().data().length]);
        });
    }
}
