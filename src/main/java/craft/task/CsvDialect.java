package craft.task;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * How a table is written, told by its first lines.
 *
 * @param quoted whether quotation marks enclose cells
 * @param firstLine 1-based line at which the header may be looked for
 */
record CsvDialect(char separator, boolean quoted, int firstLine) {
    private static final List<Character> SEPARATORS = List.of(',', ';', '\t', '|');

    /**
     * The separator with which the header names columns that can be used: the one that the file's name promises, if it does.
     * A spreadsheet's first line {@code sep=;} is taken at its word and skipped.
     *
     * @param tabs whether the name promises tabs
     */
    static CsvDialect of(InputStream in, boolean tabs, Rows.Sink sink) throws IOException {
        char promised = tabs ? '\t' : ',';
        in.mark(DataFile.AHEAD);
        String start = new String(in.readNBytes(DataFile.AHEAD), StandardCharsets.UTF_8);
        in.reset();
        String header = start.lines().filter(l -> !l.isBlank()).findFirst().orElse("");
        if (header.matches("(?i)\"?sep=.\"?") && start.startsWith(header)) {
            for (int c = in.read(); c != '\n' && c != -1; c = in.read()) {
                continue;
            }
            char said = header.charAt(header.toLowerCase(Locale.ROOT).indexOf('=') + 1);
            sink.remark("The first line says that " + name(said) + " separate the columns; it is no row.");
            return new CsvDialect(said, true, 2);
        }
        List<Character> candidates = Stream.concat(Stream.of(promised), SEPARATORS.stream().filter(s -> s != promised)).toList();
        char separator = candidates.stream().filter(s -> sink.accepts(cells(header, s, true))).findFirst()
                // Nothing fits: the one that makes the most columns, so that a message can name them.
                .orElseGet(() -> candidates.stream().max(Comparator.comparingInt((Character s) -> cells(header, s, true).size())
                        .thenComparing(s -> -candidates.indexOf(s))).orElse(promised));
        if (separator != promised) {
            sink.remark("The columns are separated by " + name(separator) + ", not by " + name(promised) + "; they are read so.");
            return new CsvDialect(separator, true, 1);
        }
        boolean quoted = !tabs || !sink.accepts(cells(header, promised, false)) && sink.accepts(cells(header, promised, true));
        if (tabs && quoted) {
            sink.remark("The header's cells are in quotation marks, so those around other cells are no part of their texts, either.");
        }
        return new CsvDialect(separator, quoted, 1);
    }

    private static String name(char separator) {
        return switch (separator) {
            case ',' -> "commas";
            case ';' -> "semicolons";
            case '\t' -> "tabs";
            case '|' -> "vertical bars";
            default -> "\"" + separator + "\"";
        };
    }

    /** One line's cells, for guessing: quotation marks around a cell are dropped, a missing one ends it at the line's end. */
    List<String> cells(String line) {
        return cells(line, separator, quoted);
    }

    private static List<String> cells(String line, char separator, boolean quoted) {
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean within = false;
        for (char c : line.toCharArray()) {
            if (quoted && c == '"' && (within || cell.toString().isBlank())) {
                within = !within;
            } else if (c == separator && !within) {
                cells.add(cell.toString().strip());
                cell.setLength(0);
            } else {
                cell.append(c);
            }
        }
        cells.add(cell.toString().strip());
        return cells;
    }
}
