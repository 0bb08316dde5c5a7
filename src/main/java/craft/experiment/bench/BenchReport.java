package craft.experiment.bench;

import java.util.List;

/**
 * What was measured.
 *
 * @param tables for people
 * @param json one line, one object; what was not measured is null
 */
public record BenchReport(List<Table> tables, String json) {
    public BenchReport {
        tables = List.copyOf(tables);
    }

    /**
     * @param rows as many cells each as {@code head}
     * @param remark one line below, may be empty
     */
    public record Table(String title, List<String> head, List<List<String>> rows, String remark) {
        public Table {
            head = List.copyOf(head);
            rows = List.copyOf(rows);
        }
    }
}
