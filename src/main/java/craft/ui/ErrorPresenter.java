package craft.ui;

import craft.error.InvalidInputException;
import craft.ui.text.Words;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.System.Logger.Level;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;

/** The one place where a failure becomes words. Used on the JavaFX thread. */
public final class ErrorPresenter {
    private static final System.Logger LOG = System.getLogger(ErrorPresenter.class.getName());
    private static final int MOST = 3;

    private final Words words = Words.of("shell");
    private final ObservableList<Message> messages = FXCollections.observableArrayList();

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
        return words.get("error.unexpected", failure.getClass().getSimpleName());
    }

    /**
     * Shows a failure; an unexpected one is logged and can be copied whole.
     *
     * @return what is shown
     */
    public Message show(Throwable failure) {
        boolean ours = failure instanceof InvalidInputException;
        if (!ours) {
            LOG.log(Level.ERROR, "Unexpected failure", failure);
        }
        Message message = new Message(Message.Kind.ERROR, sentence(failure), ours ? "" : diagnostics(failure));
        add(message);
        return message;
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
        StringWriter out = new StringWriter();
        out.append("CRAFT Workbench, Java ").append(System.getProperty("java.version")).append(", ")
                .append(System.getProperty("os.name")).append(' ').append(System.getProperty("os.arch")).append('\n');
        failure.printStackTrace(new PrintWriter(out, true));
        return out.toString();
    }
}
