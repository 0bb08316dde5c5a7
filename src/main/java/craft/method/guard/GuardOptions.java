package craft.method.guard;

import craft.method.ContinualMethod;
import craft.method.MethodSetup;
import craft.method.adapter.AdapterMethodOptions;
import craft.method.sequential.Guard;
import craft.method.sequential.SequentialMethod;

/** Options of a method that trains one adapter on one task after the other behind a guard. */
public interface GuardOptions extends AdapterMethodOptions {
    /** The guard's name for people. */
    String guardName();

    /** @param seed of the run */
    Guard guard(long seed);

    /** @throws craft.error.InvalidInputException when the options do not fit the model */
    default ContinualMethod method(MethodSetup setup) {
        return new SequentialMethod(adapter(), setup, trainer -> guard(setup.seed()));
    }

    @Override
    default String displayName() {
        return adapter().kind().displayName() + " with " + guardName();
    }
}
