package craft.ui;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Answers that a test gives beforehand. */
public final class FakeDialogs implements Dialogs {
    public Path folder;
    public Path recipe;
    public boolean agrees = true;
    public final List<String> asked = new ArrayList<>();

    @Override
    public Optional<Path> chooseFolder(String title) {
        asked.add(title);
        return Optional.ofNullable(folder);
    }

    @Override
    public Optional<Path> chooseRecipe(String title) {
        asked.add(title);
        return Optional.ofNullable(recipe);
    }

    @Override
    public boolean confirm(String title, String text, String action, String refusal) {
        asked.add(action);
        return agrees;
    }
}
