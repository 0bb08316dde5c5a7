package craft.intervention;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import craft.error.InvalidInputException;

/**
 * What the description of a group's adapter says of it beside its numbers, by the kind of adapter: enough to make the adapter
 * again from them. A new kind of {@link Adapter} is one more record here.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({@JsonSubTypes.Type(value = ReftShape.class, name = "reft"), @JsonSubTypes.Type(value = LoraShape.class, name = "lora")})
sealed interface AdapterShape permits ReftShape, LoraShape {

    /** @param group 1-based */
    static AdapterShape of(int group, Adapter adapter) {
        if (adapter instanceof InterventionSet set) {
            return ReftShape.of(group, set);
        } else if (adapter instanceof LoraSet lora) {
            return LoraShape.of(group, lora);
        }
        throw new IllegalArgumentException("no file format for " + adapter.getClass());
    }

    /** The group's number, 1-based. */
    int group();

    /**
     * The adapter that was written.
     *
     * @throws InvalidInputException when this describes none, or other numbers than there are
     */
    Adapter adapter(GroupTensors tensors);
}
