package craft.ui;

import craft.error.InvalidInputException;
import craft.ui.text.Words;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;

/** The one place where a failure becomes words. Used on the JavaFX thread. */
public final class ErrorPresenter {
    private static final System.Logger LOG = System.getLogger(ErrorPresenter.class.getName());
    private static final int MOST = 3;
    private static final int MOST_DIAGNOSTICS = 10;

    private final Words words = Words.of("shell");
    private final ObservableList<Message> messages = FXCollections.observableArrayList();
    private final List<Uncaught> uncaughtSeen = new ArrayList<>();
    private Message uncaught;
    private int uncaughtTimes;

    /** What the window shows now, newest last. */
    public ObservableList<Message> messages() {
        return messages;
    }

    /** The sentence for a failure. */
    public String sentence(Throwable failure) {
        if (failure instanceof InvalidInputException) {
            return failure.getMessage();
        }
        if (failure instanceof OutOfMemoryError) {
            return words.get("error.memory");
        }
        return words.get("error.unexpected");
    }

    /**
     * Shows a failure; an unexpected one is logged and can be copied whole.
     *
     * @return what is shown
     */
    public Message show(Throwable failure) {
        boolean ours = failure instanceof InvalidInputException;
        if (!ours) {
            LOG.log(Level.DEBUG, "Unexpected failure", failure); // the user gets it by the button, not in a terminal
        }
        Message message = new Message(Message.Kind.ERROR, sentence(failure), ours ? "" : diagnostics(failure));
        add(message);
        return message;
    }

    /**
     * A failure that nobody caught.
     *
     * @param where the first line of its trace: two with the same one are taken to be the same failure
     * @param diagnostics for a report
     */
    record Uncaught(String where, boolean memory, String diagnostics) {
        static Uncaught of(Throwable failure, String thread) {
            StackTraceElement[] trace = failure.getStackTrace();
            return new Uncaught(failure.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]), failure instanceof OutOfMemoryError,
                    "Thread: " + thread + "\n" + ErrorPresenter.trace(failure));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Uncaught u && u.where.equals(where);
        }

        @Override
        public int hashCode() {
            return where.hashCode();
        }
    }

    /**
     * Tells failures that nobody caught in one message, which stays one however often more of them come, and counts.
     *
     * @param failures different ones, not necessarily all
     * @param times how often any has come since the last call
     */
    void uncaught(List<Uncaught> failures, int times) {
        boolean again = messages.contains(uncaught);
        if (!again) {
            uncaughtTimes = 0;
            uncaughtSeen.clear();
        }
        uncaughtTimes += times;
        failures.stream().filter(f -> uncaughtSeen.size() < MOST_DIAGNOSTICS && !uncaughtSeen.contains(f)).forEach(uncaughtSeen::add);
        boolean memory = uncaughtSeen.stream().anyMatch(Uncaught::memory);
        String text = words.get(memory ? "error.memory" : "error.uncaught")
                + (uncaughtTimes > 1 ? " " + words.get("error.times", uncaughtTimes) : "");
        Message next = new Message(Message.Kind.ERROR, text, environment()
                + uncaughtSeen.stream().map(Uncaught::diagnostics).collect(Collectors.joining("\n")));
        if (again) {
            messages.set(messages.indexOf(uncaught), next);
        } else {
            add(next);
        }
        uncaught = next;
    }

    public void show(String sentence, String diagnostics) {
        add(new Message(Message.Kind.ERROR, sentence, diagnostics));
    }

    /** Something that went well or that should be known. */
    public void say(String sentence) {
        add(new Message(Message.Kind.INFO, sentence, ""));
    }

    public void dismiss(Message message) {
        messages.remove(message);
    }

    private void add(Message message) {
        messages.remove(message);
        messages.add(message);
        if (messages.size() > MOST) {
            messages.remove(0);
        }
    }

    private static String diagnostics(Throwable failure) {
        return environment() + trace(failure);
    }

    private static String environment() {
        return "CRAFT Workbench, Java " + System.getProperty("java.version") + ", " + System.getProperty("os.name") + ' '
                + System.getProperty("os.arch") + '\n';
    }

    private static String trace(Throwable failure) {
        StringWriter out = new StringWriter();
        failure.printStackTrace(new PrintWriter(out, true));
        return out.toString();
    }
}
