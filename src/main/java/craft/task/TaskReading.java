package craft.task;

import craft.error.InvalidInputException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What reading a task folder gave: the task from its good rows, every problem found on the way, and what it was read from.
 *
 * @param problems rows that could not be used and remarks, in the order found; last those of rows that are there twice
 * @param duplicates how many of them are of rows that are there twice
 */
public record TaskReading(Task task, List<RowProblem> problems, TaskSource source, int duplicates) {
    private static final int SHOWN = 3;

    public TaskReading {
        problems = List.copyOf(problems);
    }

    /** What is to be said of rows that are used, apart from those that are there twice. */
    public List<RowProblem> remarks() {
        return problems.subList(0, problems.size() - duplicates).stream().filter(p -> !p.fatal()).toList();
    }

    public List<RowProblem> badRows() {
        return problems.stream().filter(RowProblem::fatal).toList();
    }

    /**
     * The task, if every row of it can be used.
     *
     * @throws InvalidInputException naming the first bad rows, their number, and the option that goes on without them
     */
    public Task requireAllGood() {
        List<RowProblem> bad = badRows();
        if (bad.isEmpty()) {
            return task;
        }
        throw new InvalidInputException("Task \"" + task.name() + "\" has " + count(bad.size())
                + " that cannot be used. "
                + listing(bad) + " Correct " + (bad.size() == 1 ? "it" : "them") + ", or go on without "
                + (bad.size() == 1 ? "it" : "them") + " by setting the option data.skipBadRows to true.");
    }

    static String count(int rows) {
        return rows == 1 ? "1 row" : rows + " rows";
    }

    /** The first few of the rows and how many more there are. */
    static String listing(List<RowProblem> bad) {
        String first = bad.stream().limit(SHOWN).map(RowProblem::toString).collect(Collectors.joining(" "));
        return bad.size() <= SHOWN ? first : first + " And " + (bad.size() - SHOWN) + " more.";
    }
}
