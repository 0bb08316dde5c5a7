package craft.method;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.annotation.JsonTypeIdResolver;

/** A method's options as they stand in a recipe; {@code "type"} names the method, see {@link Methods}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.CUSTOM, property = "type")
@JsonTypeIdResolver(MethodTypes.class)
public interface MethodOptions {
    /** Name for people, for example {@code "CRAFT (this implementation)"}. */
    String displayName();

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
