package craft.lm;

import craft.error.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * What {@code config.json} says of a model. Made by {@link #read}, all values are within limits that no real model
 * comes near.
 *
 * @param architecture as in the file, for example {@code LlamaForCausalLM}
 * @param hiddenSize width d of the residual stream
 * @param intermediateSize width of the feed-forward part
 * @param layers number of blocks
 * @param heads query heads
 * @param keyValueHeads heads of keys and values, a divisor of {@code heads}
 * @param headDim width of a head; {@code heads * headDim} need not be {@code hiddenSize}
 * @param vocabulary number of tokens
 * @param context longest sequence in tokens; where attention slides over a window, the window (up to there it is the
 *     same as full attention)
 * @param tied the LM head is the embedding
 * @param bosToken token that begins a text, -1 if none is named
 * @param eosTokens tokens that end one, may be empty
 * @param torchDtype {@code torch_dtype} as written, may be empty
 * @param family what is particular to its kind
 */
public record ModelConfig(String architecture, int hiddenSize, int intermediateSize, int layers, int heads,
        int keyValueHeads, int headDim, int vocabulary, int context, boolean tied, int bosToken,
        List<Integer> eosTokens, String torchDtype, Family family) {

    public ModelConfig {
        eosTokens = List.copyOf(eosTokens);
    }

    /**
     * @param file a {@code config.json}; a {@code generation_config.json} beside it may name more ends of text
     * @throws InvalidInputException when the file is missing, broken, of an unknown architecture, or names a number
     *     that no model can have
     */
    public static ModelConfig read(Path file) {
        return reading(file).config;
    }

    /** A config, and what its file says without being heard. */
    record Reading(ModelConfig config, List<String> remarks) {
    }

    /** As {@link #read}. */
    static Reading reading(Path file) {
        ConfigJson json = ConfigJson.read(file);
        ModelConfig config = Family.read(json);
        Path generation = file.resolveSibling("generation_config.json");
        return new Reading(Files.isRegularFile(generation) ? config.endedAlsoBy(ConfigJson.read(generation)) : config,
                UnreadKeys.remarks(json, config.architecture));
    }

    /** The same model with an LM head of its own. */
    ModelConfig untied() {
        return new ModelConfig(architecture, hiddenSize, intermediateSize, layers, heads, keyValueHeads, headDim, vocabulary,
                context, false, bosToken, eosTokens, torchDtype, family);
    }

    /** Chat models name further ends of text there; those of config.json come first. */
    private ModelConfig endedAlsoBy(ConfigJson generation) {
        LinkedHashSet<Integer> ends = new LinkedHashSet<>(eosTokens);
        ends.addAll(generation.endings(vocabulary));
        return new ModelConfig(architecture, hiddenSize, intermediateSize, layers, heads, keyValueHeads, headDim, vocabulary,
                context, tied, bosToken, List.copyOf(ends), torchDtype, family);
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

    /** Whether it can continue a text. A masked model cannot: it only chooses among labels. */
    public boolean writesText() {
        return family.writesText();
    }

    /** Tokens that a prompt and its answer may have together. */
    public int room() {
        return context - family.closing();
    }

    /** The first token of a prompt that edits of some tokens can change: what lies before it is computed once. */
    public int start(int promptLength, EditPositions edited) {
        return family.start(promptLength, edited);
    }

    /** Rows that a sequence takes in a batch. */
    public int rows(Sequence sequence) {
        return family.rows(sequence);
    }

    /** Tokens of the longest of these rows. */
    public int rowLength(Sequence sequence) {
        return family.rowLength(sequence);
    }

    /** Number of weights. */
    public long parameters() {
        return expectedTensors().values().stream().mapToLong(ModelConfig::elements).sum();
    }

    /** Those of the blocks alone, without embedding, final norm and LM head. */
    public long blockParameters() {
        return WeightPlan.of(this).numbersOfLayers();
    }

    private static long elements(long[] shape) {
        long product = 1;
        for (long size : shape) {
            product *= size;
        }
        return product;
    }

    /** Name and shape of every tensor the weights must hold. */
    public Map<String, long[]> expectedTensors() {
        return Collections.unmodifiableMap(WeightPlan.of(this).tensors());
    }
}
