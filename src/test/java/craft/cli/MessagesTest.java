package craft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import craft.error.InvalidInputException;
import craft.error.Messages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class MessagesTest {

    @Test
    void unwrapsAndSaysWhatToDo() {
        assertThat(Messages.forUser(new ExecutionException(new InvalidInputException("Row 3 is bad."))))
                .isEqualTo("Row 3 is bad.");
        assertThat(Messages.forUser(new UncheckedIOException(new NoSuchFileException("/a/b"))))
                .isEqualTo("The file /a/b does not exist.");
        assertThat(Messages.forUser(new AccessDeniedException("/a/b"))).contains("/a/b").contains("permissions");
        assertThat(Messages.forUser(new IOException("No space left on device"))).contains("disk is full");
        assertThat(Messages.forUser(new OutOfMemoryError())).contains("training.batchSize");
        assertThat(Messages.forUser(new UnsatisfiedLinkError("torch"))).contains("needs, torch, could");
        assertThat(Messages.forUser(new UnsatisfiedLinkError("no torch in java.library.path: /usr/lib"))).contains("needs, torch, could");
        assertThat(Messages.forUser(new UnsatisfiedLinkError("/x/libtorch.so.2: libgomp.so.1: cannot open shared object")))
                .contains("needs, libtorch.so.2, could").doesNotContain("shared object");
        assertThat(Messages.forUser(new IllegalStateException("first\nsecond"))).contains("Something went wrong inside the program")
                .doesNotContain("Exception", "first");
        assertThat(Messages.forUser(new IOException("java.io.IOException: x"))).doesNotContain("java", "Exception");
    }

    @Test
    void diagnosticsTellBadInputFromFailure() {
        String invalid = Messages.diagnostics(new ExecutionException(new InvalidInputException("x",
                new IOException("y"))));
        assertThat(invalid).contains("at craft.cli.MessagesTest").contains("Java ");
        assertThat(Messages.invalidInput(invalid)).isTrue();
        String failure = Messages.diagnostics(new IllegalStateException(new InvalidInputException("x")));
        assertThat(Messages.invalidInput(failure)).isFalse();
        assertThat(Messages.invalidInput("")).isFalse();
    }
}
