package craft.task;

import craft.error.InvalidInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How the rows of a task's folder are to be understood. Three layouts are known:
 * <ul>
 * <li>the product's own: rows of text and label, {@code about.json} with instruction and labels;</li>
 * <li>TRACE (Wang et al. 2023) and LLMCL: rows of prompt and answer, and nothing beside them;</li>
 * <li>O-LoRA (Wang et al. 2023): {@code <kind>/<set>}, rows of sentence and label, {@code labels.json}. Its prompt is
 * the kind's instruction, {@code "Option: a, b, c \n"}, the sentence, {@code "\nAnswer:"}; its answer the label.</li>
 * </ul>
 * Each may map other keys or columns by {@code about.json}.
 *
 * @param name the layout's name
 * @param keys where a row's texts are; empty where each row shows it by its keys
 * @param before what stands before the text where the prompt is put together
 * @param after what stands behind it
 * @param labels the labels to choose among, or none
 * @param labelsGiven whether the folder says what the labels are, or that there are none
 */
record TaskLayout(String name, Optional<RowKeys> keys, String before, String after, List<String> labels,
        boolean labelsGiven) {
    /** O-LoRA's list of labels. */
    static final String LABELS_FILE = "labels.json";
    private static final String CHOOSE = " Choose one from the option.\n";
    private static final String AFTER = "\nAnswer:";
    /** O-LoRA's instructions by kind; COPA's texts hold question and choices, so it has none, and no options. */
    private static final Map<String, String> INSTRUCTIONS = Map.ofEntries(
            Map.entry("tc", "What is the topic of the following paragraph?" + CHOOSE),
            Map.entry("topic", "What is the topic of the following paragraph?" + CHOOSE),
            Map.entry("sc", "What is the sentiment of the following paragraph?" + CHOOSE),
            Map.entry("sentiment", "What is the sentiment of the following paragraph?" + CHOOSE),
            Map.entry("nli", "What is the logical relationship between the \"sentence 1\" and the \"sentence 2\"?"
                    + CHOOSE),
            Map.entry("qqp", "Whether the \"first sentence\" and the \"second sentence\" have the same meaning?"
                    + CHOOSE),
            Map.entry("boolqa", "According to the following passage, is the question true or false?" + CHOOSE),
            Map.entry("multirc", "According to the following passage and question, is the candidate answer true or false?"
                    + CHOOSE),
            Map.entry("wic", "Given a word and two sentences, whether the word is used with the same sense in both "
                    + "sentence?" + CHOOSE),
            Map.entry("copa", ""));

    /** @throws InvalidInputException when it is O-LoRA's layout of an unknown kind, or its labels cannot be used */
    static TaskLayout of(Path folder, AboutTask about) {
        Path labelsFile = folder.resolve(LABELS_FILE);
        if (Files.isRegularFile(labelsFile)) {
            return olora(folder, labelsFile, about);
        }
        return new TaskLayout("own or TRACE", about.columns(), about.before(), AFTER, about.labels(),
                about.labelsGiven());
    }

    private static TaskLayout olora(Path folder, Path labelsFile, AboutTask about) {
        if (about.labelsGiven()) {
            throw new InvalidInputException("The task folder " + folder + " has labels in both " + LABELS_FILE + " and "
                    + AboutTask.FILE + ". Keep one of them.");
        }
        List<String> labels = AboutTask.labels(AboutTask.tree(labelsFile), labelsFile + ": ");
        if (labels.isEmpty()) {
            throw new InvalidInputException(labelsFile + ": must be a list of labels.");
        }
        Path parent = folder.toAbsolutePath().normalize().getParent();
        String kind = parent == null || parent.getFileName() == null ? "" : parent.getFileName().toString();
        String instruction = about.instructionGiven() ? line(about.instruction())
                : INSTRUCTIONS.get(kind.toLowerCase(Locale.ROOT));
        if (instruction == null) {
            throw new InvalidInputException("The task folder " + folder + " has a " + LABELS_FILE + " as in O-LoRA's "
                    + "benchmark, where the folder above it says the kind of task (TC, SC, NLI, QQP, BoolQA, MultiRC, "
                    + "WiC, COPA); \"" + kind + "\" is none of them. Rename it, or give an \"instruction\" in "
                    + folder.resolve(AboutTask.FILE) + ".");
        }
        boolean options = about.showOptions() && !instruction.isEmpty();
        return new TaskLayout("O-LoRA", Optional.of(about.columns().orElse(RowKeys.SENTENCE_LABEL)),
                instruction + (options ? "Option: " + String.join(", ", labels) + " \n" : ""), AFTER, labels, true);
    }

    private static String line(String instruction) {
        return instruction.isEmpty() || instruction.endsWith("\n") ? instruction : instruction + "\n";
    }

    /** A task of these rows for people: the layout's name once it is known what the rows were. */
    String nameFor(boolean sawPlain, boolean sawBuilt, boolean trace) {
        if (!name.startsWith("own")) {
            return name;
        }
        if (keys.isPresent()) {
            return "own, by the columns of " + AboutTask.FILE;
        }
        if (sawPlain && sawBuilt) {
            return "mixed: rows of prompt and answer, and of text and label";
        }
        return sawPlain ? trace ? "TRACE" : "prompt and answer, as in TRACE and LLMCL" : "own: text and label";
    }
}
