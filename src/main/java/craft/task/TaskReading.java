package craft.task;

import java.util.List;

/** What reading a task folder gave: the task from its good rows, and every problem found on the way. */
public record TaskReading(Task task, List<RowProblem> problems) {
    public TaskReading {
        problems = List.copyOf(problems);
    }

    public List<RowProblem> badRows() {
        return problems.stream().filter(RowProblem::fatal).toList();
    }
}
