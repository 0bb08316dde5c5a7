package craft.method;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import craft.method.craft.CraftOptions;

/** A method's options as they stand in a recipe; {@code "type"} names the method. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes(@JsonSubTypes.Type(value = CraftOptions.class, name = "craft"))
public interface MethodOptions {
    /** Name for people, for example {@code "CRAFT (this implementation)"}. */
    String displayName();

    /** Throws {@link craft.error.InvalidInputException} naming the option that is out of range. */
    void check();
}
