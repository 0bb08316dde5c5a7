package craft.task;

import java.nio.file.Path;

/**
 * A row that cannot be used, or a doubtful one.
 *
 * @param file the file as the user would name it
 * @param row 1-based row (line of a JSONL file, element of a JSON array); 0 when the whole file is meant
 * @param column the key or column, or an empty string
 * @param reason what is wrong and what to do
 * @param fatal false for a remark (a duplicate row), true when the row had to be left out
 */
public record RowProblem(Path file, int row, String column, String reason, boolean fatal) {
    @Override
    public String toString() {
        return file + (row > 0 ? ", row " + row : "")
                + (column.isEmpty() ? "" : ", \"" + column + "\"") + ": " + reason;
    }
}
