package craft.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class FileWordsTest {
    @TempDir
    Path folder;

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void whatTheSystemReallyThrows() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        Path loop = Files.createSymbolicLink(folder.resolve("loop"), folder.resolve("loop"));
        assertThat(reasonOf(() -> Files.readAllBytes(folder.resolve("none")))).isEqualTo("there is no such file");
        assertThat(reasonOf(() -> Files.readAllBytes(folder))).isEqualTo("it is a folder");
        assertThat(reasonOf(() -> Files.readAllBytes(file.resolve("below")))).isEqualTo("a part of its path is a file, not a folder");
        assertThat(reasonOf(() -> Files.readAllBytes(loop))).isEqualTo("its links lead round in a circle");
        assertThat(reasonOf(() -> Files.write(folder.resolve("n".repeat(300)), new byte[1]))).isEqualTo("its name is too long");
        assertThat(reasonOf(() -> Files.createDirectory(file))).isEqualTo("something of that name is there already");
        assertThat(reasonOf(() -> Files.delete(folder))).isEqualTo("the folder is not empty");
        Files.write(file, new byte[] {(byte) 0xff});
        assertThat(reasonOf(() -> Files.readString(file))).isEqualTo("it is not UTF-8 text");
    }

    @FunctionalInterface
    private interface Work {
        void go() throws IOException;
    }

    private static String reasonOf(Work work) {
        return FileWords.reason(catchThrowableOfType(IOException.class, work::go));
    }

    @Test
    void aFullDiskIsAFullDiskHoweverItIsWrapped() {
        IOException full = new FileSystemException("/x/events.jsonl", null, "No space left on device");
        assertThat(FileWords.reason(full)).isEqualTo("the disk is full");
        assertThat(FileWords.reason(new IOException(full))).isEqualTo("the disk is full");
        assertThat(FileWords.full(new IOException("could not write", new IOException("No space left on device")))).isTrue();
        assertThat(FileWords.full(new IOException("Disk quota exceeded"))).isTrue();
        assertThat(FileWords.full(new NoSuchFileException("/full"))).isFalse();
        assertThat(Messages.forUser(full)).isEqualTo("The disk is full. Make room and try again.");
    }

    @Test
    void onlyOurOwnClausesArePassedOn() {
        assertThat(FileWords.reason(new IOException("another program is writing the run"))).isEqualTo("another program is writing the run");
        assertThat(FileWords.reason(new IOException("java.lang.Thing: bad"))).isEqualTo("the system refused it");
        assertThat(FileWords.reason(new IOException("Stream closed"))).isEqualTo("the system refused it");
        assertThat(FileWords.reason(new IOException((String) null))).isEqualTo("the system refused it");
        assertThat(FileWords.reason(new AccessDeniedException("/a"))).isEqualTo("the program may not read or write it");
        assertThat(FileWords.reason(new FileNotFoundException("/a (Permission denied)"))).isEqualTo("the program may not read or write it");
    }

    @Test
    void homeIsExpandedAndWhatIsNoPathIsRefused() {
        Path home = Path.of(System.getProperty("user.home"));
        assertThat(UserPath.of("~")).isEqualTo(home);
        assertThat(UserPath.of("~/models/x")).isEqualTo(home.resolve("models").resolve("x"));
        assertThat(UserPath.of("~other/x")).isEqualTo(Path.of("~other", "x"));
        assertThat(UserPath.of("a/~/x")).isEqualTo(Path.of("a", "~", "x"));
        assertThatThrownBy(() -> UserPath.of("a\0b")).isInstanceOf(InvalidInputException.class).hasMessageContaining("zero byte");
    }

    @Test
    void numbersArePlain() {
        assertThat(Plain.number(1e9)).isEqualTo("1000000000");
        assertThat(Plain.number(2e-4)).isEqualTo("0.0002");
        assertThat(Plain.number(10.0)).isEqualTo("10");
        assertThat(Plain.number(-0.0)).isEqualTo("0");
        assertThat(Plain.number(0.1)).isEqualTo("0.1");
        assertThat(Plain.number(1e300)).isEqualTo("1E+300");
        assertThat(Plain.number(Long.MAX_VALUE)).isEqualTo("9223372036854775807");
        assertThat(Plain.number(Double.NaN)).isEqualTo("not a number");
        assertThatThrownBy(() -> Range.below("x.y", 1e9, 0, 1e9)).hasMessage("Option x.y is 1000000000; it must be at least 0 and below 1000000000.");
        assertThatThrownBy(() -> Range.above("x.y", -0.0, 0, 10)).hasMessage("Option x.y is 0; it must be above 0 and at most 10.");
        assertThatThrownBy(() -> Range.between("x.y", Double.NaN, 0, 1)).hasMessage("Option x.y is not a number; it must be from 0 to 1.");
        Range.between("x.y", 1, 0, 1);
    }
}
