package craft.method;

import craft.error.InvalidInputException;
import craft.method.averaging.AveragingMethod;
import craft.method.averaging.AveragingOptions;
import craft.method.baseline.FrozenMethod;
import craft.method.baseline.FrozenOptions;
import craft.method.baseline.JointMethod;
import craft.method.baseline.JointOptions;
import craft.method.baseline.PerTaskMethod;
import craft.method.baseline.PerTaskOptions;
import craft.method.craft.CraftMethod;
import craft.method.craft.CraftOptions;
import craft.method.guard.AGemOptions;
import craft.method.guard.EwcOptions;
import craft.method.guard.GemOptions;
import craft.method.guard.GuardOptions;
import craft.method.guard.L2SpOptions;
import craft.method.guard.LwfOptions;
import craft.method.guard.OgdOptions;
import craft.method.guard.ReplayOptions;
import craft.method.moelora.MoeLoraOptions;
import craft.method.olora.OLoraMethod;
import craft.method.olora.OLoraOptions;
import craft.method.reftcl.ReftClMethod;
import craft.method.reftcl.ReftClOptions;
import craft.method.sequential.SequentialMethod;
import craft.method.sequential.SequentialOptions;
import java.util.List;
import java.util.function.BiFunction;

/**
 * All methods there are, by the name that a recipe's {@code method.type} gives them. A new one is one class and one line
 * here; see the package's description.
 */
public final class Methods {
    private static final List<Entry<?>> ALL = List.of(
            new Entry<>("craft", CraftOptions.defaults(), (o, s) -> new CraftMethod(s.model(), o, s.sites(), s.training(), s.seed(), s.cacheBytes())),
            new Entry<>("sequential", SequentialOptions.defaults(), (o, s) -> SequentialMethod.unguarded(o.adapter().trainer(s))),
            new Entry<>("per-task", PerTaskOptions.defaults(), PerTaskMethod::new),
            new Entry<>("joint", JointOptions.defaults(), JointMethod::new),
            new Entry<>("frozen", FrozenOptions.defaults(), FrozenMethod::new),
            new Entry<>("o-lora", OLoraOptions.defaults(), OLoraMethod::new),
            new Entry<>("moe-lora", MoeLoraOptions.defaults(), MoeLoraOptions::method),
            new Entry<>("averaging", AveragingOptions.defaults(), AveragingMethod::new),
            new Entry<>("ewc", EwcOptions.defaults(), GuardOptions::method),
            new Entry<>("l2-sp", L2SpOptions.defaults(), GuardOptions::method),
            new Entry<>("lwf", LwfOptions.defaults(), GuardOptions::method),
            new Entry<>("replay", ReplayOptions.defaults(), GuardOptions::method),
            new Entry<>("a-gem", AGemOptions.defaults(), GuardOptions::method),
            new Entry<>("gem", GemOptions.defaults(), GuardOptions::method),
            new Entry<>("ogd", OgdOptions.defaults(), GuardOptions::method),
            new Entry<>("reft-cl", ReftClOptions.defaults(), ReftClMethod::new));

    /**
     * @param type name in a recipe
     * @param defaults whose class no other method shares
     * @param factory may throw {@link InvalidInputException} when the options do not fit the model
     */
    private record Entry<O extends MethodOptions>(String type, O defaults, BiFunction<O, MethodSetup, ContinualMethod> factory) {
        boolean takes(MethodOptions options) {
            return defaults.getClass() == options.getClass();
        }

        @SuppressWarnings("unchecked") // asked of options that takes() has said yes to
        ContinualMethod create(MethodOptions options, MethodSetup setup) {
            return factory.apply((O) options, setup);
        }
    }

    private Methods() {
    }

    /** The names of all methods, in the order in which they are offered. */
    public static List<String> types() {
        return ALL.stream().map(Entry::type).toList();
    }

    /**
     * A method's options as its authors, or we, set them.
     *
     * @throws InvalidInputException when there is no such method
     */
    public static MethodOptions defaults(String type) {
        return ALL.stream().filter(e -> e.type.equals(type)).findFirst().orElseThrow(() -> new InvalidInputException(
                "option method.type is \"" + type + "\"; it must be one of " + String.join(", ", types()) + ".")).defaults;
    }

    /** The name that {@code method.type} gives the method of these options. */
    public static String typeOf(MethodOptions options) {
        return entry(options).type;
    }

    /** @throws InvalidInputException when the options do not fit the model */
    public static ContinualMethod create(MethodOptions options, MethodSetup setup) {
        return entry(options).create(options, setup);
    }

    private static Entry<?> entry(MethodOptions options) {
        return ALL.stream().filter(e -> e.takes(options)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no method for " + options.getClass()));
    }
}
