package craft.task;

/** Why a row cannot be used; caught where it becomes a {@link RowProblem}. */
final class UnusableRow extends Exception {
    private static final long serialVersionUID = 1L;
    private final String column;

    /** @param column the key or column, or an empty string */
    UnusableRow(String column, String reason) {
        super(reason, null, false, false);
        this.column = column;
    }

    String column() {
        return column;
    }
}
