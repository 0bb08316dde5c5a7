package craft.experiment;

import craft.error.InvalidInputException;
import craft.error.UserPath;
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
        return UserPath.of(model);
    }
}
