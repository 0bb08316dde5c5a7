package craft.experiment.study;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import craft.experiment.Json;
import craft.experiment.RunEvent.TaskInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The result tables of a study, as text made of sections, Markdown, CSV and JSON. The same runs give the same bytes, wherever and
 * in whatever order they were made.
 */
public final class StudyTable {
    private final StudyResults results;
    private final Study study;

    public StudyTable(StudyResults results) {
        this.results = results;
        this.study = results.study();
    }

    /** What the study is and whether it is complete: one or two lines. */
    public List<String> headline() {
        int missing = results.missing().size();
        int all = results.runs().size();
        List<String> lines = new ArrayList<>();
        lines.add("Study \"" + study.name() + "\": " + count(study.configurations().size(), "method") + ", "
                + count(study.orders().size(), "order") + ", " + count(study.seeds().size(), "seed") + ", "
                + count(all, "run") + (missing == 0 ? ", all finished" : ""));
        if (missing > 0) {
            lines.add("Incomplete: " + missing + " of " + count(all, "run") + (missing == 1 ? " is" : " are")
                    + " missing; the numbers are of the others alone. See \"Missing runs\".");
        }
        return lines;
    }

    private static String count(int n, String noun) {
        return n + " " + noun + (n == 1 ? "" : "s");
    }

    /** Tables for people, in order. */
    public List<Section> sections() {
        List<Section> sections = new ArrayList<>();
        sections.add(figures());
        if (study.configurations().size() > 1) {
            sections.add(comparisons());
            sections.add(wins());
        }
        if (study.orders().size() > 1) {
            sections.add(orders());
        }
        if (!results.missing().isEmpty()) {
            sections.add(missing());
        }
        return sections;
    }

    private List<Figure> shown() {
        return Figure.ALL.stream().filter(f -> f == Figure.OP || results.known(f)).toList();
    }

    private Section figures() {
        List<String> head = new ArrayList<>(List.of("Method", "Runs"));
        shown().forEach(f -> head.add(f.label()));
        List<List<String>> rows = new ArrayList<>();
        for (Configuration c : study.configurations()) {
            List<String> row = new ArrayList<>(List.of(c.name(), runs(c)));
            shown().forEach(f -> row.add(f.show(results.summary(c.name(), f))));
            rows.add(row);
        }
        List<String> notes = new ArrayList<>(List.of("Mean ± sample standard deviation over the runs (orders × seeds). "
                + "a_j,i: score on task i after training task j, 0 = untrained; T tasks."));
        shown().forEach(f -> notes.add(f.label() + ": " + f.formula()));
        return new Section("Results", false, head, rows, notes);
    }

    private String runs(Configuration c) {
        int finished = results.finishedRuns(c.name());
        int planned = results.of(c.name()).size();
        return finished == planned ? String.valueOf(planned) : finished + " of " + planned;
    }

    private Section comparisons() {
        List<List<String>> rows = new ArrayList<>();
        for (Configuration c : study.configurations()) {
            results.comparison(c.name()).ifPresent(d -> rows.add(List.of(c.name(), String.valueOf(d.difference().count()),
                    signed(d.difference().mean()), signed(d.interval().low()) + " to " + signed(d.interval().high()),
                    plain(d.test().t(), 2), String.valueOf(d.test().degreesOfFreedom()), p(d.test().p()),
                    d.wins().toString())));
        }
        return new Section("OP against " + study.reference(), false, List.of("Method", "Pairs", "Difference", "95 % interval", "t", "df",
                "p", "Better/equal/worse"), rows, List.of(
                "Paired by order and seed. p: corrected resampled t-test (Nadeau and Bengio 2003), two-sided, variance factor 1/k + "
                        + "n_test/n_train with n_test/n_train = " + plain(results.testToTrain(), 3)
                        + "; not corrected for the number of methods.",
                "Interval: percentile bootstrap of the mean difference, " + Bootstrap.RESAMPLES + " resamples; with few pairs it "
                        + "is too narrow."));
    }

    private Section wins() {
        List<String> head = new ArrayList<>(List.of("Method"));
        study.configurations().forEach(c -> head.add(c.name()));
        List<List<String>> rows = new ArrayList<>();
        for (Configuration a : study.configurations()) {
            List<String> row = new ArrayList<>(List.of(a.name()));
            study.configurations().forEach(b -> row.add(a == b ? "" : results.wins(a.name(), b.name()).toString()));
            rows.add(row);
        }
        return new Section("Wins", false, head, rows, List.of("On how many pairs of runs the row's OP is better than, equal to, or "
                + "worse than the column's."));
    }

    private Section orders() {
        List<String> head = new ArrayList<>(List.of("Method"));
        List<String> notes = new ArrayList<>(List.of("OP, mean over the seeds of an order; deviation and range over the orders: "
                + "small when the order of the tasks does not matter."));
        for (int o = 1; o <= study.orders().size(); o++) {
            head.add("Order " + o);
            notes.add("Order " + o + ": " + String.join(", ", taskNames(study.orders().get(o - 1))));
        }
        head.addAll(List.of("Deviation", "Range"));
        List<List<String>> rows = new ArrayList<>();
        for (Configuration c : study.configurations()) {
            List<String> row = new ArrayList<>(List.of(c.name()));
            results.orderMeans(c.name()).forEach(mean -> row.add(plain(mean, 3)));
            Summary spread = results.orders(c.name());
            row.addAll(List.of(plain(spread.deviation(), 3), plain(spread.count() < 2 ? Double.NaN : spread.range(), 3)));
            rows.add(row);
        }
        return new Section("Order robustness", false, head, rows, notes);
    }

    private List<String> taskNames(TaskOrder order) {
        return order.of(study.base().tasks()).stream().map(RecipeContent::lastName).toList();
    }

    private Section missing() {
        List<List<String>> rows = results.missing().stream()
                .map(r -> List.of(r.run().id(), word(r.status()), r.reason())).toList();
        return new Section("Missing runs", true, List.of("Run", "Status", "Why"), rows, List.of());
    }

    private static String word(RunResult.Status status) {
        return status.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String plain(double number, int decimals) {
        return Double.isNaN(number) ? "-" : String.format(Locale.ROOT, "%." + decimals + "f", number);
    }

    private static String signed(double number) {
        return Double.isNaN(number) ? "-" : String.format(Locale.ROOT, "%+.3f", number);
    }

    private static String p(double p) {
        return p < 0.001 ? "< 0.001" : plain(p, 3);
    }

    public String markdown() {
        StringBuilder text = new StringBuilder("# ").append(study.name()).append("\n\n");
        if (!study.description().isBlank()) {
            text.append(study.description()).append("\n\n");
        }
        headline().forEach(line -> text.append(line).append("\n\n"));
        sections().forEach(section -> text.append(section.markdown()));
        return text.toString();
    }

    /** One line a method, every number in full; empty where nothing was measured. */
    public String csv() {
        List<String> head = new ArrayList<>(List.of("method", "runs", "planned_runs"));
        Figure.ALL.forEach(f -> head.addAll(List.of(f.key() + "_mean", f.key() + "_sd")));
        head.addAll(List.of("pairs", "op_difference", "op_difference_low", "op_difference_high", "t", "df", "p", "better",
                "equal", "worse", "order_sd", "order_range"));
        StringBuilder text = csvLine(new StringBuilder(), head);
        for (Configuration c : study.configurations()) {
            List<String> row = new ArrayList<>(List.of(c.name(), String.valueOf(results.finishedRuns(c.name())),
                    String.valueOf(results.of(c.name()).size())));
            for (Figure figure : Figure.ALL) {
                Summary s = results.summary(c.name(), figure);
                row.addAll(List.of(full(s.mean()), full(s.deviation())));
            }
            Optional<Comparison> against = results.comparison(c.name());
            row.addAll(against.map(d -> List.of(String.valueOf(d.difference().count()), full(d.difference().mean()),
                    full(d.interval().low()), full(d.interval().high()), full(d.test().t()),
                    String.valueOf(d.test().degreesOfFreedom()), full(d.test().p()), String.valueOf(d.wins().better()),
                    String.valueOf(d.wins().equal()), String.valueOf(d.wins().worse())))
                    .orElse(List.of("", "", "", "", "", "", "", "", "", "")));
            Summary spread = results.orders(c.name());
            row.addAll(List.of(full(spread.deviation()), full(spread.range())));
            csvLine(text, row);
        }
        return text.toString();
    }

    /** One line a run, for other programs' statistics. */
    public String runsCsv() {
        List<String> head = new ArrayList<>(List.of("run", "method", "order", "seed", "status"));
        Figure.ALL.forEach(f -> head.add(f.key()));
        head.add("reason");
        StringBuilder text = csvLine(new StringBuilder(), head);
        for (RunResult r : results.runs()) {
            List<String> row = new ArrayList<>(List.of(r.run().id(), r.run().configuration(), String.valueOf(r.run().order()),
                    String.valueOf(r.run().seed()), word(r.status())));
            Figure.ALL.forEach(f -> row.add(r.finished() ? full(f.of(r)) : ""));
            row.add(r.reason());
            csvLine(text, row);
        }
        return text.toString();
    }

    private static String full(double number) {
        return Double.isNaN(number) ? "" : Double.toString(number);
    }

    /** By RFC 4180, but with a line feed alone. */
    private static StringBuilder csvLine(StringBuilder text, List<String> cells) {
        for (int i = 0; i < cells.size(); i++) {
            String cell = cells.get(i);
            boolean quoted = cell.matches("(?s).*[,\"\n\r].*");
            text.append(i == 0 ? "" : ",").append(quoted ? "\"" + cell.replace("\"", "\"\"") + "\"" : cell);
        }
        return text.append('\n');
    }

    /** Everything the other forms have, and every run's scores. What was not measured is null. */
    public String json() {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("study", study.name()).put("description", study.description()).put("reference", study.reference());
        json.put("complete", results.missing().isEmpty());
        put(json, "testToTrain", results.testToTrain());
        ArrayNode figures = json.putArray("figures");
        Figure.ALL.forEach(f -> figures.addObject().put("key", f.key()).put("label", f.label()).put("formula", f.formula()));
        ArrayNode orders = json.putArray("orders");
        study.orders().forEach(order -> taskNames(order).forEach(orders.addArray()::add));
        study.seeds().forEach(json.putArray("seeds")::add);
        ArrayNode methods = json.putArray("methods");
        study.configurations().forEach(c -> method(methods.addObject(), c));
        ArrayNode runs = json.putArray("runs");
        results.runs().forEach(r -> run(runs.addObject(), r));
        return json.toPrettyString() + "\n";
    }

    private void method(ObjectNode json, Configuration c) {
        json.put("name", c.name()).put("method", c.method()).put("runs", results.finishedRuns(c.name()))
                .put("planned", results.of(c.name()).size());
        ObjectNode grid = json.putObject("grid");
        c.grid().forEach(grid::put);
        for (Figure figure : Figure.ALL) {
            Summary s = results.summary(c.name(), figure);
            ObjectNode value = json.putObject(figure.key());
            put(value, "mean", s.mean());
            put(value, "sd", s.deviation());
        }
        Summary spread = results.orders(c.name());
        ObjectNode order = json.putObject("orderSpread");
        put(order, "sd", spread.deviation());
        put(order, "range", spread.range());
        ArrayNode means = order.putArray("means");
        results.orderMeans(c.name()).forEach(mean -> add(means, mean));
        results.comparison(c.name()).ifPresent(d -> {
            ObjectNode against = json.putObject("againstReference");
            against.put("pairs", d.difference().count());
            put(against, "difference", d.difference().mean());
            put(against, "low", d.interval().low());
            put(against, "high", d.interval().high());
            put(against, "t", d.test().t());
            against.put("df", d.test().degreesOfFreedom());
            put(against, "p", d.test().p());
        });
        ObjectNode wins = json.putObject("wins");
        study.configurations().stream().filter(other -> other != c).forEach(other -> {
            Wins w = results.wins(c.name(), other.name());
            wins.putObject(other.name()).put("better", w.better()).put("equal", w.equal()).put("worse", w.worse());
        });
    }

    private void run(ObjectNode json, RunResult r) {
        json.put("id", r.run().id()).put("method", r.run().configuration()).put("order", r.run().order())
                .put("seed", r.run().seed()).put("status", word(r.status())).put("reason", r.reason());
        if (!r.finished()) {
            return;
        }
        Figure.ALL.forEach(f -> put(json, f.key(), f.of(r)));
        ArrayNode tasks = json.putArray("tasks");
        r.state().tasks().stream().map(TaskInfo::name).forEach(tasks::add);
        ArrayNode matrix = json.putArray("matrix");
        for (double[] row : r.state().matrix().trained()) {
            ArrayNode cells = matrix.addArray();
            for (double cell : row) {
                add(cells, cell);
            }
        }
        ArrayNode untrained = json.putArray("untrained");
        for (double cell : r.state().matrix().untrained()) {
            add(untrained, cell);
        }
    }

    private static void put(ObjectNode into, String key, double value) {
        if (Double.isFinite(value)) {
            into.put(key, value);
        } else {
            into.putNull(key);
        }
    }

    private static void add(ArrayNode into, double value) {
        if (Double.isFinite(value)) {
            into.add(value);
        } else {
            into.addNull();
        }
    }
}
