package craft.task;

import craft.error.FileWords;
import craft.error.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A sequence of data sets on which methods were published.
 *
 * @param name how the order is called here, for example {@code olora-1}
 * @param source the paper that introduced it
 * @param sets its data sets in order
 * @param maxPromptTokens what the paper cuts prompts to; 0 where it says nothing
 * @param maxAnswerTokens the longest answer it generates; 0 where it says nothing
 */
public record PublishedOrder(String name, String source, List<DataSet> sets, int maxPromptTokens, int maxAnswerTokens) {
    /** Folders below the given one that are looked through: {@code <kind>/<set>}, and one above. */
    private static final int DEPTH = 3;
    private static final String OLORA = "O-LoRA (Wang et al. 2023, arXiv 2310.14152)";
    private static final String TRACE = "TRACE (Wang et al. 2023, arXiv 2310.06762)";

    /**
     * @param name its folder's name in the published benchmark
     * @param metric what it is scored by
     * @param epochs how long the paper trains on it; 0 where that is no property of the order
     */
    public record DataSet(String name, TaskMetric metric, int epochs) {
    }

    public PublishedOrder {
        sets = List.copyOf(sets);
    }

    /** The orders known, the short ones first. */
    public static List<PublishedOrder> all() {
        return List.of(
                olora(1, "dbpedia", "amazon", "yahoo", "agnews"),
                olora(2, "dbpedia", "amazon", "agnews", "yahoo"),
                olora(3, "yahoo", "amazon", "agnews", "dbpedia"),
                olora(4, "MNLI", "CB", "WiC", "COPA", "QQP", "BoolQA", "RTE", "IMDB", "yelp", "amazon", "SST-2",
                        "dbpedia", "agnews", "MultiRC", "yahoo"),
                olora(5, "MultiRC", "BoolQA", "WiC", "MNLI", "CB", "COPA", "QQP", "RTE", "IMDB", "SST-2", "dbpedia",
                        "agnews", "yelp", "amazon", "yahoo"),
                olora(6, "yelp", "amazon", "MNLI", "CB", "COPA", "QQP", "RTE", "IMDB", "SST-2", "dbpedia", "agnews",
                        "yahoo", "MultiRC", "BoolQA", "WiC"),
                trace());
    }

    private static PublishedOrder olora(int number, String... sets) {
        return new PublishedOrder("olora-" + number, OLORA + ", order " + number,
                Stream.of(sets).map(s -> new DataSet(s, TaskMetric.ACCURACY, 0)).toList(), 0, 0);
    }

    private static PublishedOrder trace() {
        List<String> names = List.of("C-STANCE", "FOMC", "MeetingBank", "Py150", "ScienceQA", "NumGLUE-cm", "NumGLUE-ds",
                "20Minuten");
        int[] epochs = {5, 3, 7, 5, 3, 5, 5, 7};
        return new PublishedOrder("trace", TRACE, IntStream.range(0, epochs.length).mapToObj(i ->
                new DataSet(names.get(i), TaskMetric.ofTrace(names.get(i)).orElseThrow(), epochs[i])).toList(), 1024, 512);
    }

    /** @throws InvalidInputException when there is none of that name */
    public static PublishedOrder named(String name) {
        return all().stream().filter(o -> o.name.equalsIgnoreCase(name.strip())).findFirst()
                .orElseThrow(() -> new InvalidInputException("There is no published order \"" + name + "\". There are "
                        + all().stream().map(PublishedOrder::name).collect(Collectors.joining(", ")) + "."));
    }

    /** For each data set of the order, in order, the folder that holds it; null where there is none. */
    public record Found(Map<DataSet, Path> folders) {
        public List<DataSet> missing() {
            return folders.entrySet().stream().filter(e -> e.getValue() == null).map(Map.Entry::getKey).toList();
        }

        public List<Path> present() {
            return folders.values().stream().filter(f -> f != null).toList();
        }
    }

    /**
     * Looks for the data sets below a folder: task folders of their names, in any case, up to three levels down
     * ({@code SC/yelp} of O-LoRA, {@code FOMC} of TRACE).
     *
     * @throws InvalidInputException when there is no such folder, or two of them hold the same data set
     */
    public Found find(Path data) {
        if (!Files.isDirectory(data)) {
            throw new InvalidInputException("There is no folder " + data + ". Give the folder with the data sets.");
        }
        Map<String, List<Path>> byName;
        try (Stream<Path> folders = Files.walk(data, DEPTH)) {
            byName = folders.filter(Files::isDirectory).filter(TaskReader::looksLikeTask)
                    .sorted(Comparator.naturalOrder())
                    .collect(Collectors.groupingBy(f -> f.getFileName().toString().toLowerCase(Locale.ROOT)));
        } catch (IOException | UncheckedIOException e) {
            throw new InvalidInputException(data + " cannot be looked through: " + FileWords.reason(e) + ".", e);
        }
        Map<DataSet, Path> found = new LinkedHashMap<>();
        for (DataSet set : sets) {
            List<Path> places = byName.getOrDefault(set.name().toLowerCase(Locale.ROOT), new ArrayList<>());
            if (places.size() > 1) {
                throw new InvalidInputException("The data set " + set.name() + " is there more than once: "
                        + places.stream().map(Path::toString).collect(Collectors.joining(", "))
                        + ". Give a folder that holds it once.");
            }
            found.put(set, places.isEmpty() ? null : places.get(0));
        }
        return new Found(found);
    }
}
