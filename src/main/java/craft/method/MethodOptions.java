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
}
