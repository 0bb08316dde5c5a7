package craft.experiment;

import craft.error.InvalidInputException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The ways to say which base model is meant: {@code bundled:<name>}, {@code user:<name>}, or a folder. */
public final class BaseModels {
    private BaseModels() {
    }

    /** Whether it is a name rather than a folder. */
    public static boolean isName(String model) {
        return model.startsWith(Bundled.PREFIX) || model.startsWith(UserModels.PREFIX);
    }

    /** @throws InvalidInputException when there is no model of that name, naming those there are */
    public static Path folder(String model) {
        if (model.startsWith(Bundled.PREFIX)) {
            return Bundled.model(model);
        }
        if (model.startsWith(UserModels.PREFIX)) {
            return UserModels.ofUser().model(model.substring(UserModels.PREFIX.length()));
        }
        if (model.isBlank()) {
            throw new InvalidInputException("No model is named. Write bundled:<name>, user:<name> or a model's folder.");
        }
        try {
            return Path.of(model);
        } catch (InvalidPathException e) {
            throw new InvalidInputException("\"" + model + "\" is not a path: it holds a character that this system or its "
                    + "setting (LC_ALL, LANG) does not allow in one.", e);
        }
    }
}
