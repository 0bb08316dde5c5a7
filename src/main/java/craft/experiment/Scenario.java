package craft.experiment;

/**
 * What is known when a test row is answered (van de Ven and Tolias 2019). It decides which labels may be chosen and whether
 * the method is told the task.
 */
public enum Scenario {
    /** Task-incremental: the task is known, its labels are the choice. */
    TIL,
    /** Domain-incremental: the task's labels are the choice, but the method is not told which task it is. */
    DIL,
    /** Class-incremental: the labels of all tasks learnt so far are the choice, and the task is not told. */
    CIL
}
