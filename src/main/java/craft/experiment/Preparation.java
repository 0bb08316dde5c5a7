package craft.experiment;

import craft.error.InvalidInputException;
import craft.lm.ModelConfig;
import craft.lm.Tokens;
import craft.task.RowProblem;
import craft.task.TaskReader;
import craft.task.TaskReading;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** From a recipe to token sequences. Throws {@link InvalidInputException} for whatever cannot be used. */
final class Preparation {
    /** Remarks of a task that a run repeats. */
    private static final int SHOWN = 5;

    private Preparation() {
    }

    static List<TaskReading> read(Recipe recipe) {
        List<TaskReading> readings = new ArrayList<>();
        Map<String, String> folders = new HashMap<>();
        for (String folder : recipe.tasks()) {
            TaskReading reading = TaskReader.read(Path.of(folder));
            if (!recipe.data().skipBadRows()) {
                reading.requireAllGood();
            }
            String name = reading.task().name();
            String other = folders.put(name, folder);
            if (other != null) {
                throw new InvalidInputException("Two tasks are named \"" + name + "\": " + other + " and " + folder
                        + ". Rename one of the folders, since results are kept by that name.");
            }
            readings.add(reading);
        }
        recipe.training().checkTasks(readings.stream().map(reading -> reading.task().name()).toList());
        return readings;
    }

    static List<EncodedTask> encode(Tokens tokens, ModelConfig config, Recipe recipe, List<TaskReading> readings) {
        TaskEncoder encoder = new TaskEncoder(tokens, config, recipe);
        ShotRoom shots = new ShotRoom(tokens, config, recipe);
        List<EncodedTask> encoded = new ArrayList<>();
        for (TaskReading reading : readings) {
            encoded.add(shots.check(encoder.encode(reading.task(), encoded.size() + 1)));
        }
        if (recipe.scenario() == Scenario.CIL || recipe.data().unionScores()) {
            // Not only after hours of training: is there room for the longest label of any task?
            List<String> labels = readings.stream().flatMap(r -> r.task().labels().stream()).distinct().toList();
            encoded.stream().filter(e -> e.task().classification()).forEach(e -> encoder.choices(e, labels));
            encoder.clash(labels).ifPresent(clash -> {
                if (recipe.scenario() == Scenario.CIL) {
                    throw new InvalidInputException("Scenario cil, among the labels of all tasks: " + clash
                            + " Rename one of them, or use another model.");
                }
                encoded.add(encoded.remove(encoded.size() - 1).with("The scores among the labels of all tasks: " + clash));
            });
        }
        return encoded;
    }

    /** What a run must say of the rows as they were read: a few sentences a task, if there is anything. */
    static List<String> notes(List<TaskReading> readings) {
        List<String> notes = new ArrayList<>();
        for (TaskReading reading : readings) {
            String name = reading.task().name();
            List<RowProblem> bad = reading.badRows();
            if (!bad.isEmpty()) {
                notes.add(name + ": " + (bad.size() == 1 ? "1 row that cannot be used is" : bad.size() + " rows that cannot be used are")
                        + " left out, as data.skipBadRows says. " + bad.get(0) + (bad.size() == 1 ? "" : " And so on; check lists them."));
            }
            List<RowProblem> remarks = reading.remarks();
            remarks.stream().limit(SHOWN).forEach(remark -> notes.add(name + ": " + remark));
            if (remarks.size() > SHOWN) {
                notes.add(name + ": there are " + (remarks.size() - SHOWN) + " more remarks on its rows; check lists them.");
            }
        }
        return notes;
    }
}
