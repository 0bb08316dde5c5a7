package craft.lm;

import craft.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;

/** Everything about a model's folder that its user should know although it can be used; and the last checks that it can. */
public final class ModelRemarks {
    private ModelRemarks() {
    }

    /**
     * @param tokens the folder's tokenizer
     * @return a sentence each, none for most models
     * @throws InvalidInputException when tensors are missing or unfit, or the tokenizer cannot be this model's
     */
    public static List<String> of(ModelFolder folder, Tokens tokens) {
        folder.checkTensors();
        folder.config().family().arrangement(tokens);
        List<String> remarks = new ArrayList<>(folder.remarks());
        remarks.addAll(tokens.remarks());
        int rows = folder.config().vocabulary();
        if (tokens.largest() >= rows) {
            remarks.add("The tokenizer knows tokens up to number " + tokens.largest() + " (\"" + tokens.largestToken()
                    + "\"), but the embedding has " + rows + " rows, 0 to " + (rows - 1) + ": a text with such a token is refused.");
        }
        return remarks;
    }
}
