package craft.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import craft.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The rows of a table with a header. A {@code .csv} is read after RFC 4180: cells are in quotation marks where they hold the
 * separator, a line break or a quotation mark (which is doubled). In a {@code .tsv} a quotation mark is a character like any
 * other, unless the header is quoted, too. The header tells the separator ({@link CsvDialect}). Rows are numbered as a
 * spreadsheet does, the header is row 1. An empty line is no row.
 */
final class CsvRows {
    /** What bytes that are no UTF-8 become. Such a byte is never a separator, quotation mark or line end. */
    private static final char NOT_UTF8 = DataFile.BROKEN;
    private static final CsvMapper MAPPER = CsvMapper.builder(CsvFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(Rows.LONGEST).build()).build())
            .enable(CsvParser.Feature.WRAP_AS_ARRAY).build();
    private static final String RULE = " A cell that holds a quotation mark is put in quotation marks, and those within are "
            + "doubled.";

    private final Path file;
    private final boolean tabs;
    private final Rows.Sink sink;
    private CsvDialect dialect;
    private int quotedCells;
    private int firstQuoted;

    /** @param tabs whether the file's name promises tabs */
    CsvRows(Path file, boolean tabs, Rows.Sink sink) {
        this.file = file;
        this.tabs = tabs;
        this.sink = sink;
    }

    /** @param in after any byte order mark, can be marked; left open */
    void read(InputStream in) throws IOException {
        dialect = CsvDialect.of(in, tabs, sink);
        CsvSchema schema = CsvSchema.emptySchema().withColumnSeparator(dialect.separator());
        Reader text = new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE).onUnmappableCharacter(CodingErrorAction.REPLACE)
                .replaceWith(String.valueOf(NOT_UTF8)));
        List<String> header = null;
        int row = 0;
        long line = dialect.firstLine();
        try (MappingIterator<String[]> rows = MAPPER.readerFor(String[].class)
                .with(dialect.quoted() ? schema : schema.withoutQuoteChar()).readValues(text)) {
            while (rows.hasNextValue()) {
                String[] cells = rows.nextValue();
                row++;
                if (cells.length == 0 || cells.length == 1 && cells[0].isBlank()) {
                    line = line(rows);
                    continue;
                }
                if (header == null) {
                    header = header(row, cells);
                    sink.columns(header);
                } else {
                    row(row, line, cells, header);
                }
                line = line(rows);
            }
        } catch (JsonProcessingException e) {
            throw broken(row, line, e);
        }
        if (quotedCells > 0) {
            sink.remark((quotedCells == 1 ? "A cell begins and ends" : quotedCells + " cells begin and end")
                    + " with a quotation mark (row " + firstQuoted + "); in a .tsv it is part of the text. If it only encloses "
                    + "the cell, take it out or save the file as .csv.");
        }
    }

    private long line(MappingIterator<String[]> rows) {
        return dialect.firstLine() - 1 + rows.getCurrentLocation().getLineNr();
    }

    private InvalidInputException broken(int rowsRead, long line, JsonProcessingException cause) {
        String message = String.valueOf(cause.getOriginalMessage());
        // The library wraps what its own parser throws.
        boolean tooLong = cause instanceof StreamConstraintsException || cause.getCause() instanceof StreamConstraintsException;
        String reason = tooLong ? "A cell is longer than 10 MB; is a quotation mark missing?"
                : message.contains("closing quote") ? "A quotation mark that opens a cell of this row is never closed." + RULE
                : "A quotation mark closes a cell of this row before the cell's end." + RULE;
        return new InvalidInputException(file + ", row " + (rowsRead + 1) + ", which begins at line " + line
                + ": the rest of the file cannot be read. " + reason, cause);
    }

    private List<String> header(int row, String[] cells) {
        Set<String> seen = new HashSet<>();
        List<String> names = new ArrayList<>();
        for (String cell : cells) {
            String name = cell.strip();
            if (name.indexOf(NOT_UTF8) >= 0) {
                throw new InvalidInputException(file + ", row " + row
                        + ": The row is not valid UTF-8. Save the file as UTF-8.");
            }
            if (!name.isEmpty() && !seen.add(name)) {
                throw new InvalidInputException(file + ", row " + row + ": two columns are named \"" + name
                        + "\". Rename one.");
            }
            names.add(name);
        }
        return names;
    }

    private void row(int row, long line, String[] cells, List<String> header) {
        for (String cell : cells) {
            if (cell.indexOf(NOT_UTF8) >= 0) {
                sink.bad(row, "The row is not valid UTF-8. Save the file as UTF-8.");
                return;
            }
        }
        if (cells.length != header.size()) {
            sink.bad(row, "The row has " + (cells.length == 1 ? "1 cell" : cells.length + " cells")
                    + ", but the header has " + header.size() + (dialect.quoted()
                    ? ". A cell that holds the separator or a line break must be in quotation marks."
                    : ". No cell of a .tsv can hold a tab or a line break; write \\t or \\n, or save the file as .csv."));
            return;
        }
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < cells.length; i++) {
            object.put(header.get(i), cells[i]);
            if (dialect.quoted()) {
                swallowed(row, line, cells[i], header);
            } else if (cells[i].length() > 1 && cells[i].startsWith("\"") && cells[i].endsWith("\"")) {
                quotedCells++;
                firstQuoted = firstQuoted == 0 ? row : firstQuoted;
            }
        }
        sink.object(row, object);
    }

    /** A quotation mark too many makes one cell of the rows that follow it, up to the next one. */
    private void swallowed(int row, long line, String cell, List<String> header) {
        if (cell.indexOf('\n') < 0 && cell.indexOf('\r') < 0) {
            return;
        }
        List<String> lines = cell.lines().filter(l -> !l.isBlank()).toList();
        long rows = lines.stream().map(dialect::cells).filter(c -> c.size() == header.size() && sink.looksLikeRow(header, c)).count();
        // The last line is what stands before the closing mark, and the first one may lack what stands before the opening one.
        if (rows > 0 && 2 * rows >= lines.size() - 1) {
            sink.doubt(row, "The row begins at line " + line + " and goes over " + cell.lines().count() + " lines, since a cell is in "
                    + "quotation marks; " + (rows == 1 ? "one of them looks like a row" : rows + " of them look like rows")
                    + " of its own. Is there a quotation mark too many?");
        }
    }
}
