package craft.ui;

import javafx.scene.Node;

/** One view: what stands in the middle and what the inspector says beside it. */
public interface View {
    Node node();

    /** For the inspector; the same node for the whole life of the view. */
    Node inspector();

    /** The view comes to the front. */
    default void shown() {
    }

    /** The view is thrown away: it stops listening to what stays. */
    default void dispose() {
    }
}
