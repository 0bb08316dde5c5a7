package craft.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The forward pass against golden numbers of an independent PyTorch implementation. */
class CausalLmTest {
    private static CausalLm model;

    @BeforeAll
    static void load() {
        model = Stories.load();
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void tokenIdsAreThoseOfTheReference() {
        for (JsonNode c : Stories.cases()) {
            assertThat(model.tokens().prompt(c.get("prompt").asText())).containsExactly(Stories.ids(c.get("prompt_ids")));
            int[] answer = Stories.ids(c.get("answer_ids"));
            assertThat(model.tokens().answer(c.get("answer").asText())).containsExactly(IntStream.of(answer).limit(answer.length - 1).toArray());
            assertThat(model.config().eosTokens()).contains(answer[answer.length - 1]);
        }
    }

    @Test
    void logitsAndHiddenNormsAgreeWithTheReference() {
        for (JsonNode c : Stories.cases()) {
            int[] prompt = Stories.ids(c.get("prompt_ids"));
            JsonNode base = c.get("base");
            try (NDManager step = model.newManager()) {
                float[] places = new float[prompt.length];
                for (int i = 0; i < places.length; i++) {
                    places[i] = i;
                }
                NDArray positions = step.create(places, new Shape(1, prompt.length));
                NDArray hidden = model.embed(step.create(CausalLm.toLong(prompt), new Shape(1, prompt.length)),
                        positions);
                for (int layer = 0; layer < model.config().layers(); layer++) {
                    hidden = model.extend(hidden, layer, layer + 1, false, positions, null, null, null, null, false).get(0);
                    double norm = hidden.get(":, -1").norm().getFloat();
                    double expected = base.get("hidden_last_norms").get(layer).asDouble();
                    assertThat(norm).isCloseTo(expected, within(1e-4 * expected));
                }
                float[] logits = model.logits(hidden.get(":, -1")).toFloatArray();
                for (int i = 0; i < base.get("first_logits_head").size(); i++) {
                    double expected = base.get("first_logits_head").get(i).asDouble();
                    assertThat((double) logits[i]).isCloseTo(expected, within(1e-4 * Math.abs(expected)));
                }
                for (JsonNode top : base.get("top5")) {
                    assertThat((double) logits[top.get(0).asInt()]).isCloseTo(top.get(1).asDouble(), within(1e-4 * top.get(1).asDouble()));
                }
            }
        }
    }

    @Test
    void greedyTextIsThatOfTheReference() {
        for (JsonNode c : Stories.cases()) {
            int[] ids = new Generator(model, new PlainPass(model)).generate(List.of(Stories.ids(c.get("prompt_ids"))), null, 16).get(0);
            assertThat(model.tokens().decode(ids).strip()).isEqualTo(c.get("greedy_16").asText().strip());
        }
    }

    @Test
    void crossEntropyOfTheUntouchedModelAgrees() {
        for (JsonNode c : Stories.cases()) {
            Sequence sequence = Stories.sequence(c);
            try (NDManager step = model.newManager()) {
                NDArray hidden = new PlainPass(model).hidden(step, List.of(sequence), null);
                NDList loss = model.loss(hidden, ForwardPass.targets(List.of(sequence)), null, CausalLm.Direction.FORWARD, 1, 0);
                double expected = c.get("base").get("ce").asDouble();
                assertThat((double) loss.get(1).getFloat()).isCloseTo(expected, within(1e-4 * expected));
            }
        }
    }

    @Test
    void aContinuationScoresTheSameAloneAndBesideOthers() {
        int[] prompt = {1, 403, 407, 261, 378};
        List<int[]> labels = List.of(new int[] {298, 315, 2}, new int[] {421, 2}, new int[] {268, 400, 280, 2});
        Sequence together = new Sequence(prompt, labels);
        List<Sequence> apart = labels.stream().map(l -> new Sequence(prompt, List.of(l))).toList();
        PlainPass pass = new PlainPass(model);
        try (NDManager step = model.newManager()) {
            float[] one = model.logLikelihood(pass.hidden(step, List.of(together), null), ForwardPass.targets(List.of(together)));
            float[] other = model.logLikelihood(pass.hidden(step, apart, null), ForwardPass.targets(apart));
            for (int i = 0; i < one.length; i++) {
                assertThat((double) one[i]).isCloseTo(other[i], within(1e-4));
            }
        }
    }

    @Test
    void callsLeaveNothingInTheModelsMemory() {
        List<Sequence> batch = Stories.cases().stream().map(Stories::sequence).toList();
        PlainPass pass = new PlainPass(model);
        Runnable work = () -> {
            try (NDManager step = model.newManager()) {
                model.logLikelihood(pass.hidden(step, batch, null), ForwardPass.targets(batch));
            }
            new Generator(model, pass).generate(List.of(batch.get(0).prompt()), null, 3);
        };
        work.run();
        int before = model.ownArrays();
        IntStream.range(0, 20).forEach(i -> work.run());
        assertThat(model.ownArrays()).isEqualTo(before);
    }

    static Sequence random(Random random, int promptLength, int continuations) {
        int[] prompt = random.ints(promptLength, 3, 512).toArray();
        return new Sequence(prompt, IntStream.range(0, continuations)
                .mapToObj(i -> random.ints(1 + random.nextInt(4), 3, 512).toArray()).toList());
    }
}
