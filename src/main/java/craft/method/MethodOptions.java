package craft.method;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.annotation.JsonTypeIdResolver;
import java.util.List;

/** A method's options as they stand in a recipe; {@code "type"} names the method, see {@link Methods}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.CUSTOM, property = "type")
@JsonTypeIdResolver(MethodTypes.class)
public interface MethodOptions {
    /** Name for people, for example {@code "CRAFT (this implementation)"}. */
    String displayName();

    /**
     * What a step makes small, and what else becomes of a gradient or of the parameters: lines of symbols without words, so that
     * every language can show them. {@code L} is the loss, {@code CE} the answer's cross-entropy; {@code _{...}} stands low.
     */
    List<String> formula();

    /** Whether it decides for every task which group the task joins, and tells the decision ({@link Monitor#routed}). */
    default boolean routes() {
        return false;
    }

    /** Whether steps measure a divergence, in nats per answer token. */
    default boolean measuresDivergence() {
        return false;
    }

    /** What that divergence may grow to, 0 where there is no bound. */
    default double divergenceBudget() {
        return 0;
    }

    /** Throws {@link craft.error.InvalidInputException} naming the option that is out of range. */
    void check();

    /**
     * Whether projections of the model are updated (LoRA), which changes every token of a text, rather than hidden states
     * edited at the recipe's sites: what a run asks of the memory.
     */
    default boolean updatesProjections() {
        return false;
    }
}
