package craft.method.adapter;

import craft.method.MethodOptions;

/** Options of a method that trains the adapter of one's choice. */
public interface AdapterMethodOptions extends MethodOptions {
    /** What is trained. */
    AdapterOptions adapter();

    @Override
    default boolean updatesProjections() {
        return adapter().updatesProjections();
    }

    @Override
    default void check() {
        adapter().check();
    }
}
