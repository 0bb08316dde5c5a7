package craft.lm;

import craft.error.InvalidInputException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code config.json} says of a decoder: pre-norm blocks with RMSNorm, rotary positions, grouped-query attention
 * and SwiGLU. Llama, Mistral, Qwen2 and Qwen3 are this one family with options. Made by {@link #read}, all values are
 * within limits that no real model comes near.
 *
 * @param architecture as in the file, for example {@code LlamaForCausalLM}
 * @param hiddenSize width d of the residual stream
 * @param intermediateSize width of the feed-forward part
 * @param layers number of blocks
 * @param heads query heads
 * @param keyValueHeads heads of keys and values, a divisor of {@code heads}
 * @param headDim width of a head, even; {@code heads * headDim} need not be {@code hiddenSize}
 * @param vocabulary number of tokens
 * @param context longest sequence in tokens; where attention slides over a window, the window (up to there it is the
 *     same as full attention)
 * @param normEpsilon epsilon of RMSNorm
 * @param ropeTheta base of the rotary frequencies
 * @param ropeScaling how the rotary frequencies are stretched, or null
 * @param tied the LM head is the embedding
 * @param qkvBias projections to queries, keys and values have a bias
 * @param outputBias the attention's output projection has a bias
 * @param mlpBias the feed-forward projections have a bias
 * @param qkNorm every head's queries and keys pass an RMSNorm before the rotation
 * @param bosToken token that begins a text, -1 if none is named
 * @param eosTokens tokens that end one, may be empty
 * @param torchDtype {@code torch_dtype} as written, may be empty
 */
public record ModelConfig(String architecture, int hiddenSize, int intermediateSize, int layers, int heads,
        int keyValueHeads, int headDim, int vocabulary, int context, double normEpsilon, double ropeTheta,
        RopeScaling ropeScaling, boolean tied, boolean qkvBias, boolean outputBias, boolean mlpBias, boolean qkNorm,
        int bosToken, List<Integer> eosTokens, String torchDtype) {

    /**
     * Llama 3's stretching of the rotary frequencies ({@code rope_type} "llama3"): frequencies with a wavelength above
     * {@code originalContext / lowFrequencyFactor} are divided by {@code factor}, those below
     * {@code originalContext / highFrequencyFactor} stay, between the two it goes smoothly.
     */
    public record RopeScaling(double factor, double lowFrequencyFactor, double highFrequencyFactor,
            int originalContext) {
    }

    public ModelConfig {
        eosTokens = List.copyOf(eosTokens);
    }

    /**
     * @param file a {@code config.json}
     * @throws InvalidInputException when the file is missing, broken, of an unknown architecture, or names a number
     *     that no model can have
     */
    public static ModelConfig read(Path file) {
        return new ModelConfigReader(file).read();
    }

    /** Query heads that share one head of keys and values. */
    public int headsPerKeyValueHead() {
        return heads / keyValueHeads;
    }

    /** Width of all query heads together. */
    public int queryWidth() {
        return heads * headDim;
    }

    /** Width of all key (or value) heads together. */
    public int keyValueWidth() {
        return keyValueHeads * headDim;
    }

    /** Number of weights. */
    public long parameters() {
        long d = hiddenSize;
        long attention = d * queryWidth() + 2 * d * keyValueWidth() + (long) queryWidth() * d;
        long biases = (qkvBias ? queryWidth() + 2L * keyValueWidth() : 0) + (outputBias ? d : 0)
                + (mlpBias ? 2L * intermediateSize + d : 0);
        long block = attention + 3 * d * intermediateSize + 2 * d + biases + (qkNorm ? 2L * headDim : 0);
        return layers * block + d + (tied ? 1 : 2) * d * vocabulary;
    }

    /** Name and shape of every tensor the weights must hold, in the order of the forward pass. */
    public Map<String, long[]> expectedTensors() {
        Map<String, long[]> all = new LinkedHashMap<>();
        all.put("model.embed_tokens.weight", new long[] {vocabulary, hiddenSize});
        for (int layer = 0; layer < layers; layer++) {
            String block = "model.layers." + layer + ".";
            all.put(block + "input_layernorm.weight", new long[] {hiddenSize});
            linear(all, block + "self_attn.q_proj", queryWidth(), hiddenSize, qkvBias);
            linear(all, block + "self_attn.k_proj", keyValueWidth(), hiddenSize, qkvBias);
            linear(all, block + "self_attn.v_proj", keyValueWidth(), hiddenSize, qkvBias);
            if (qkNorm) {
                all.put(block + "self_attn.q_norm.weight", new long[] {headDim});
                all.put(block + "self_attn.k_norm.weight", new long[] {headDim});
            }
            linear(all, block + "self_attn.o_proj", hiddenSize, queryWidth(), outputBias);
            all.put(block + "post_attention_layernorm.weight", new long[] {hiddenSize});
            linear(all, block + "mlp.gate_proj", intermediateSize, hiddenSize, mlpBias);
            linear(all, block + "mlp.up_proj", intermediateSize, hiddenSize, mlpBias);
            linear(all, block + "mlp.down_proj", hiddenSize, intermediateSize, mlpBias);
        }
        all.put("model.norm.weight", new long[] {hiddenSize});
        if (!tied) {
            all.put("lm_head.weight", new long[] {vocabulary, hiddenSize});
        }
        return Collections.unmodifiableMap(all);
    }

    private static void linear(Map<String, long[]> all, String name, long out, long in, boolean bias) {
        all.put(name + ".weight", new long[] {out, in});
        if (bias) {
            all.put(name + ".bias", new long[] {out});
        }
    }
}
