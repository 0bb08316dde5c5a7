package craft.experiment.study;

import java.util.List;

/**
 * A titled table of a result, for people.
 *
 * @param words whether the columns hold words, not numbers
 * @param notes lines below the table
 */
public record Section(String title, boolean words, List<String> head, List<List<String>> rows, List<String> notes) {

    String markdown() {
        StringBuilder text = new StringBuilder("## ").append(title).append("\n\n");
        if (!rows.isEmpty()) {
            line(text, head);
            text.append("|---").append((words ? "|---" : "|---:").repeat(head.size() - 1)).append("|\n");
            rows.forEach(row -> line(text, row));
        }
        notes.forEach(note -> text.append("\n- ").append(escaped(note)));
        return text.append(notes.isEmpty() ? "\n" : "\n\n").toString();
    }

    private static void line(StringBuilder text, List<String> cells) {
        cells.forEach(cell -> text.append("| ").append(escaped(cell)).append(' '));
        text.append("|\n");
    }

    private static String escaped(String text) {
        return text.replace("|", "\\|").replace("_", "\\_").replace("*", "\\*").replace("<", "&lt;");
    }
}
