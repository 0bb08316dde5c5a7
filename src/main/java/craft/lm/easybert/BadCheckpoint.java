package craft.lm.easybert;

/** What is wrong with a checkpoint's index, as the second half of a sentence; {@link BertJar} says of which jar. */
final class BadCheckpoint extends Exception {
    private static final long serialVersionUID = 1L;

    BadCheckpoint(String what) {
        super(what);
    }
}
