package craft.experiment;

import craft.method.MethodOptions;
import craft.method.Methods;
import java.util.List;

/**
 * What a method says of itself, for whoever shows it and must not know methods one by one.
 *
 * @param type as {@code method.type} has it
 * @param name for people
 * @param formula lines of symbols, see {@link MethodOptions#formula()}
 * @param routes whether it decides which group a task joins
 * @param measuresDivergence whether its steps have a divergence
 * @param budget of that divergence, nats per answer token, 0 for none
 */
public record MethodFacts(String type, String name, List<String> formula, boolean routes, boolean measuresDivergence, double budget) {
    public MethodFacts {
        formula = List.copyOf(formula);
    }

    /** What {@code method.type} can be, in the order in which methods are offered. */
    public static List<String> types() {
        return Methods.types();
    }

    /** Of a recipe's method with its options. */
    public static MethodFacts of(Recipe recipe) {
        return of(recipe.method());
    }

    /** Of a method with its options at their defaults. */
    public static MethodFacts of(String type) {
        return of(Methods.defaults(type));
    }

    private static MethodFacts of(MethodOptions method) {
        return new MethodFacts(Methods.typeOf(method), method.displayName(), method.formula(), method.routes(),
                method.measuresDivergence(), method.divergenceBudget());
    }
}
