package craft.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import craft.experiment.AccuracyMatrix;
import craft.experiment.Json;
import craft.experiment.Metric;
import craft.experiment.Metrics;
import craft.experiment.RunEvent.Cost;
import craft.experiment.RunEvent.RoutingDecided;
import craft.experiment.RunEvent.RunFinished;
import craft.experiment.RunEvent.TaskEvaluated;
import craft.experiment.RunEvent.TaskInfo;
import craft.experiment.RunState;
import craft.task.Score;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** What a run came to, as tables for people and as one JSON object for programs. */
final class RunReport {
    /** One further number of the tasks, as they stand in the last row of the matrix. */
    private record Column(String title, ToDoubleFunction<Score> value, String meaning) {
    }

    private static final List<Column> FURTHER = List.of(
            new Column("Accuracy", Score::accuracy, "Accuracy: share answered right, exactly"),
            new Column("Macro F1", Score::macroF1, "Macro F1: mean over the labels of 2 TP / (2 TP + FP + FN)"),
            new Column("Perplexity", Score::perplexity, "Perplexity: of the expected answers given their prompts, "
                    + "exp(-sum log p / tokens), lower is better"),
            new Column("Task-free", Score::taskFree, "Task-free: the same score when the group is inferred for each row "
                    + "instead of known from its task"),
            new Column("Group right", Score::groupAccuracy, "Group right: share of rows whose inferred group is their "
                    + "task's"));

    private final RunState state;
    private final Path folder;
    private final List<TaskInfo> tasks;

    RunReport(RunState state, Path folder) {
        this.state = state;
        this.folder = folder;
        this.tasks = state.tasks();
    }

    /** The closing tables. */
    String text() {
        StringBuilder text = new StringBuilder();
        text.append(headline()).append('\n');
        if (!tasks.isEmpty()) {
            text.append(accuracyAlone() ? "\nAccuracy" : "\nScore by the task's metric")
                    .append(", in parentheses balanced accuracy (mean over labels)\n").append(scores());
            text.append(atTheEnd());
            text.append("\nAccuracy matrix: one row per training stage, one column per task\n").append(matrix());
        }
        if (!state.routings().isEmpty()) {
            text.append("\nRouting: d_g = divergence to group g, d_0 = to the base model, nats per answer token\n")
                    .append(routing());
        }
        if (!state.merges().isEmpty()) {
            text.append("\nMerging: alpha = weight of the newly trained intervention\n").append(merging());
        }
        if (!tasks.isEmpty()) {
            text.append('\n').append(metrics());
        }
        state.cost().ifPresent(cost -> text.append("\nCost: ").append(words(cost)).append('\n'));
        state.notes().stream().distinct().forEach(note -> text.append("\nNote: ").append(note));
        text.append(state.notes().isEmpty() ? "" : "\n");
        if (state.status() == RunState.Status.INTERRUPTED || state.status() == RunState.Status.FAILED) {
            text.append('\n').append(state.endReason());
            if (state.divergence().isEmpty()) { // resumed, it would come to the same end
                text.append("\nTo go on: resume ").append(folder);
            }
        }
        return text.append("\nRun folder: ").append(folder).append('\n').toString();
    }

    private static String words(Cost cost) {
        return Text.duration(cost.seconds()) + ", " + Text.whole(cost.tokensForward()) + " tokens forward (steps and scoring), "
                + Text.whole(cost.tokensBackward()) + " backward, "
                + (Double.isNaN(cost.peakResidentBytes()) ? "peak memory not known"
                        : Text.whole(cost.peakResidentBytes() / 1e6) + " MB peak memory")
                + ", " + Text.whole(cost.trainedParameters()) + " trained parameters, " + Text.whole(cost.storedBytes())
                + " bytes kept between tasks";
    }

    private String headline() {
        String what = state.start().map(s -> "\"" + s.name() + "\", " + s.method() + ", model " + s.model() + ", seed "
                + s.seed())
                .orElse("Run");
        String how = switch (state.status()) {
            case FINISHED -> state.finished().map(f -> "finished in " + Text.duration(f.seconds()) + ", "
                    + Text.whole(f.tokensPerSecond()) + " tokens/s, " + Text.whole(f.trainedParameters())
                    + " trained parameters").orElse("finished");
            case INTERRUPTED -> "interrupted after " + state.tasksFinished() + " of "
                    + Text.plural(tasks.size(), "task");
            case FAILED -> "failed";
            default -> "running";
        };
        return what + ": " + how;
    }

    private String scores() {
        int last = tasks.size();
        List<List<String>> rows = new ArrayList<>();
        for (int i = 1; i <= last; i++) {
            rows.add(List.of(tasks.get(i - 1).name(), group(i) == 0 ? "-" : String.valueOf(group(i)),
                    String.valueOf(tasks.get(i - 1).testRows()), Text.number(majority(i)), cell(0, i), cell(i, i),
                    cell(last, i)));
        }
        return Text.table(List.of("Task", "Group", "Test rows", "Majority", "Untrained", "After its training",
                "At the end"), rows);
    }

    private String cell(int after, int task) {
        return state.evaluation(after, task).map(TaskEvaluated::score)
                .map(s -> Text.number(s.value()) + (Double.isNaN(s.balancedAccuracy()) ? ""
                        : " (" + Text.number(s.balancedAccuracy()) + ")")).orElse("-");
    }

    private boolean accuracyAlone() {
        return state.evaluations().stream().allMatch(e -> e.score().metric().equals("accuracy"));
    }

    /** What was measured at the end beside the tasks' scores; empty where nothing was. */
    private String atTheEnd() {
        List<Column> measured = FURTHER.stream().filter(c -> (c != FURTHER.get(0) || !accuracyAlone())
                && IntStream.rangeClosed(1, tasks.size()).anyMatch(i -> !Double.isNaN(atTheEnd(c.value(), i)))).toList();
        if (measured.isEmpty()) {
            return "";
        }
        List<String> head = new ArrayList<>(List.of("Task", "Metric"));
        measured.forEach(c -> head.add(c.title()));
        List<List<String>> rows = new ArrayList<>();
        for (int i = 1; i <= tasks.size(); i++) {
            List<String> row = new ArrayList<>(List.of(name(i), metric(i)));
            for (Column column : measured) {
                row.add(Text.number(atTheEnd(column.value(), i)));
            }
            rows.add(row);
        }
        return "\nFurther numbers at the end\n" + Text.table(head, rows, 1)
                + String.join("", measured.stream().map(c -> "  " + c.meaning() + "\n").toList());
    }

    private double atTheEnd(ToDoubleFunction<Score> value, int task) {
        return state.evaluation(tasks.size(), task).map(TaskEvaluated::score).map(value::applyAsDouble)
                .orElse(Double.NaN);
    }

    private String metric(int task) {
        return state.evaluations().stream().filter(e -> e.task() == task).map(e -> e.score().metric())
                .reduce("-", (a, b) -> b);
    }

    private String matrix() {
        List<String> head = new ArrayList<>(List.of("After"));
        tasks.forEach(t -> head.add(t.name()));
        List<List<String>> rows = new ArrayList<>();
        for (int j = 0; j <= tasks.size(); j++) {
            List<String> row = new ArrayList<>(List.of(j == 0 ? "untrained" : j + " " + tasks.get(j - 1).name()));
            for (int i = 1; i <= tasks.size(); i++) {
                row.add(Text.number(state.matrix().get(j, i)));
            }
            rows.add(row);
        }
        return Text.table(head, rows);
    }

    private String routing() {
        int groups = state.routings().stream().mapToInt(r -> r.divergences().size()).max().orElse(0);
        List<String> head = new ArrayList<>(List.of("Task"));
        for (int g = 1; g <= groups; g++) {
            head.add("d_" + g);
        }
        head.addAll(List.of("d_0", "Threshold", "Rule", "Decision"));
        List<List<String>> rows = new ArrayList<>();
        for (RoutingDecided r : state.routings()) {
            List<String> row = new ArrayList<>(List.of(name(r.task())));
            for (int g = 0; g < groups; g++) {
                row.add(g < r.divergences().size() ? Text.nats(r.divergences().get(g)) : "");
            }
            row.addAll(List.of(Text.nats(r.baseDivergence()), Text.nats(r.threshold()), r.rule(),
                    (r.opened() ? "new group " : "joins group ") + r.group()));
            rows.add(row);
        }
        return Text.table(head, rows, head.size() - 2, head.size() - 1);
    }

    private String merging() {
        List<List<String>> rows = state.merges().stream().map(m -> List.of(name(m.task()), String.valueOf(m.group()),
                Text.number(m.alpha()), m.rule(), Text.nats(m.divergenceTrained()), Text.nats(m.divergenceMerged()),
                Text.nats(m.budget()))).toList();
        return Text.table(List.of("Task", "Group", "Alpha", "Rule", "KL trained", "KL merged", "Budget"), rows, 3);
    }

    private String metrics() {
        AccuracyMatrix a = state.matrix();
        List<List<String>> rows = new ArrayList<>();
        for (Metric metric : Metric.ofMatrix()) {
            rows.add(List.of(metric.label(), Text.number(metric.of(a)),
                    metric.plainFormula() + (metric.higherIsBetter() ? "" : ", lower is better")));
        }
        double union = Metrics.overallPerformance(state.unionMatrix());
        if (!Double.isNaN(union)) {
            rows.add(List.of("OP, all labels", Text.number(union),
                    "1/T sum_i a_T,i, chosen among the labels of all tasks"));
        }
        double free = IntStream.rangeClosed(1, tasks.size()).mapToDouble(i -> atTheEnd(Score::taskFree, i)).average()
                .orElse(Double.NaN);
        if (!Double.isNaN(free)) {
            rows.add(List.of("OP, task-free", Text.number(free), "1/T sum_i a_T,i, with the group inferred for each row"));
        }
        return Text.table(List.of("Metric", "Value", "Formula (a_j,i: score on task i after training task j; T = "
                + a.tasks() + ")"), rows, 2);
    }

    private String name(int task) {
        return task >= 1 && task <= tasks.size() ? tasks.get(task - 1).name() : "task " + task;
    }

    /** The group that a task ended in, 0 while it has none. */
    private int group(int task) {
        Optional<TaskEvaluated> known = state.evaluations().stream()
                .filter(e -> e.task() == task && e.groupKnown() && e.group() > 0)
                .reduce((a, b) -> b);
        return known.map(TaskEvaluated::group).orElseGet(() -> state.groupOf(task));
    }

    private double majority(int task) {
        return state.evaluations().stream().filter(e -> e.task() == task).mapToDouble(e -> e.score().majority())
                .reduce(Double.NaN, (a, b) -> b);
    }

    /**
     * One line: the object of {@code run --json}. What was not measured is null. Plain ASCII, whatever the terminal.
     */
    String json() {
        AccuracyMatrix a = state.matrix();
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("status", state.status().name().toLowerCase(Locale.ROOT));
        Metric.ofMatrix().forEach(metric -> put(json, metric.key(), metric.of(a)));
        ArrayNode names = json.putArray("tasks");
        tasks.forEach(t -> names.add(t.name()));
        rows(json.putArray("matrix"), a);
        rows(json.putArray("balanced"), state.balancedMatrix());
        add(json.putArray("untrained"), a.untrained());
        ArrayNode union = json.putArray("union");
        ArrayNode majority = json.putArray("majority");
        ArrayNode groups = json.putArray("groups");
        for (int i = 1; i <= tasks.size(); i++) {
            add(union, state.unionMatrix().get(tasks.size(), i));
            add(majority, majority(i));
            if (group(i) == 0) {
                groups.addNull();
            } else {
                groups.add(group(i));
            }
        }
        ArrayNode metrics = json.putArray("metrics");
        ArrayNode accuracy = json.putArray("accuracy");
        ArrayNode macroF1 = json.putArray("macroF1");
        ArrayNode perplexity = json.putArray("perplexity");
        ArrayNode taskFree = json.putArray("taskFree");
        ArrayNode groupAccuracy = json.putArray("groupAccuracy");
        for (int i = 1; i <= tasks.size(); i++) {
            metrics.add(metric(i));
            add(accuracy, atTheEnd(Score::accuracy, i));
            add(macroF1, atTheEnd(Score::macroF1, i));
            add(perplexity, atTheEnd(Score::perplexity, i));
            add(taskFree, atTheEnd(Score::taskFree, i));
            add(groupAccuracy, atTheEnd(Score::groupAccuracy, i));
        }
        ArrayNode routing = json.putArray("routing");
        for (RoutingDecided r : state.routings()) {
            ObjectNode entry = routing.addObject().put("task", r.task());
            ArrayNode divergences = entry.putArray("divergences");
            r.divergences().forEach(d -> add(divergences, d));
            put(entry, "baseDivergence", r.baseDivergence());
            put(entry, "threshold", r.threshold());
            entry.put("group", r.group()).put("opened", r.opened());
        }
        put(json, "seconds", ofFinished(RunFinished::seconds));
        put(json, "tokensPerSecond", ofFinished(RunFinished::tokensPerSecond));
        state.cost().ifPresent(cost -> {
            ObjectNode of = json.putObject("cost");
            put(of, "seconds", cost.seconds());
            of.put("tokensForward", cost.tokensForward()).put("tokensBackward", cost.tokensBackward());
            put(of, "peakResidentBytes", cost.peakResidentBytes());
            of.put("trainedParameters", cost.trainedParameters()).put("storedBytes", cost.storedBytes());
        });
        json.put("run", folder.toString());
        try {
            return Json.mapper().writer().with(JsonWriteFeature.ESCAPE_NON_ASCII).writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree of plain values could not be written", e);
        }
    }

    private double ofFinished(ToDoubleFunction<RunFinished> value) {
        return state.finished().map(value::applyAsDouble).orElse(Double.NaN);
    }

    private static void rows(ArrayNode into, AccuracyMatrix matrix) {
        for (double[] row : matrix.trained()) {
            add(into.addArray(), row);
        }
    }

    private static void add(ArrayNode into, double... values) {
        for (double value : values) {
            if (Double.isFinite(value)) {
                into.add(value);
            } else {
                into.addNull();
            }
        }
    }

    private static void put(ObjectNode into, String key, double value) {
        if (Double.isFinite(value)) {
            into.put(key, value);
        } else {
            into.putNull(key);
        }
    }
}
