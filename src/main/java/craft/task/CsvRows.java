package craft.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
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
 * The rows of a table after RFC 4180: a header, cells in quotation marks where they hold the separator, a line break
 * or a quotation mark (which is doubled). Separated by commas or tabs. Rows are numbered as a spreadsheet does, the
 * header is row 1. An empty line is no row.
 */
final class CsvRows {
    /**
     * What bytes that are no UTF-8 become: a code point that Unicode keeps out of texts, so that it is told from what
     * stands in the file. Such a byte is never a separator, quotation mark or line end, so the other rows are not
     * touched.
     */
    private static final char NOT_UTF8 = '\uFFFF';
    private static final CsvMapper MAPPER = CsvMapper.builder(CsvFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(Rows.LONGEST).build()).build())
            .enable(CsvParser.Feature.WRAP_AS_ARRAY).build();

    private final Path file;
    private final ObjectReader reader;
    private final Rows.Sink sink;

    CsvRows(Path file, char separator, Rows.Sink sink) {
        this.file = file;
        this.sink = sink;
        this.reader = MAPPER.readerFor(String[].class)
                .with(CsvSchema.emptySchema().withColumnSeparator(separator));
    }

    /** @param in after any byte order mark; left open */
    void read(InputStream in) throws IOException {
        Reader text = new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE).onUnmappableCharacter(CodingErrorAction.REPLACE)
                .replaceWith(String.valueOf(NOT_UTF8)));
        List<String> header = null;
        int row = 0;
        long line = 1;
        try (MappingIterator<String[]> rows = reader.readValues(text)) {
            while (rows.hasNextValue()) {
                String[] cells = rows.nextValue();
                row++;
                if (cells.length == 0 || cells.length == 1 && cells[0].isBlank()) {
                    line = rows.getCurrentLocation().getLineNr();
                    continue;
                }
                if (header == null) {
                    header = header(row, cells);
                    sink.columns(header);
                } else {
                    row(row, cells, header);
                }
                line = rows.getCurrentLocation().getLineNr();
            }
        } catch (JsonProcessingException e) {
            // The library wraps what its own parser throws.
            if (e instanceof StreamConstraintsException || e.getCause() instanceof StreamConstraintsException) {
                throw broken(row, line, "A cell is longer than 10 MB; is a quotation mark missing?", e);
            }
            throw broken(row, line, e.getOriginalMessage() + (e.getOriginalMessage().endsWith(".") ? "" : ".")
                    + " A cell that holds a quotation mark is put in quotation marks, and those within are doubled.",
                    e);
        }
    }

    private InvalidInputException broken(int rowsRead, long line, String reason, Exception cause) {
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

    private void row(int row, String[] cells, List<String> header) {
        for (String cell : cells) {
            if (cell.indexOf(NOT_UTF8) >= 0) {
                sink.bad(row, "The row is not valid UTF-8. Save the file as UTF-8.");
                return;
            }
        }
        if (cells.length != header.size()) {
            sink.bad(row, "The row has " + (cells.length == 1 ? "1 cell" : cells.length + " cells")
                    + ", but the header has " + header.size()
                    + ". A cell that holds the separator or a line break must be in quotation marks.");
            return;
        }
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < cells.length; i++) {
            object.put(header.get(i), cells[i]);
        }
        sink.object(row, object);
    }
}
