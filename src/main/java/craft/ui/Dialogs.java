package craft.ui;

import java.nio.file.Path;
import java.util.Optional;

/** Questions to the user that need a window of their own. Tests answer them without one. */
public interface Dialogs {
    /** An existing folder, or a new one the user makes in the chooser. */
    Optional<Path> chooseFolder(String title);

    /** An existing recipe file. */
    Optional<Path> chooseRecipe(String title);

    /**
     * @param action words on the button that agrees: it names what will happen
     * @param refusal words on the button that leaves all as it is
     * @return true when the user agreed
     */
    boolean confirm(String title, String text, String action, String refusal);
}
