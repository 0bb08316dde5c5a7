package craft.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
    @TempDir
    Path place;
    private Path target;

    @BeforeEach
    void old() throws IOException {
        target = place.resolve("after-1");
        AtomicFiles.writeFolder(target, beside -> Files.writeString(beside.resolve("a"), "old"));
    }

    private static AtomicFiles.Content<Path> fresh() {
        return beside -> Files.writeString(beside.resolve("b"), "new");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.walk(place)) {
            return all.filter(Files::isRegularFile).map(f -> place.relativize(f).toString()).sorted().toList();
        }
    }

    @Test
    void theOldFolderIsThereUntilTheNewOneIsWhole() throws IOException {
        AtomicFiles.writeFolder(target, beside -> {
            fresh().writeTo(beside);
            assertThat(target.resolve("a")).hasContent("old");
        });
        assertThat(names()).containsExactly("after-1/b");
    }

    @Test
    void whatCannotBeWrittenLeavesTheOldFolderAsItWas() throws IOException {
        assertThatThrownBy(() -> AtomicFiles.writeFolder(target, beside -> {
            fresh().writeTo(beside);
            throw new IOException("full");
        })).hasMessage("full");
        assertThat(names()).containsExactly("after-1/a");
    }

    @Test
    void whatAKillBetweenTheTwoRenamesHasLeftIsPutBack() throws IOException {
        Files.move(target, place.resolve(".after-1.before"));
        AtomicFiles.settleAll(place);
        assertThat(names()).containsExactly("after-1/a");
        AtomicFiles.settleAll(place.resolve("nowhere"));
    }

    @Test
    void whatAKillBehindTheTwoRenamesHasLeftIsRemoved() throws IOException {
        Path before = Files.createDirectory(place.resolve(".after-1.before"));
        Files.writeString(before.resolve("c"), "older");
        AtomicFiles.settleAll(place);
        assertThat(names()).containsExactly("after-1/a");
    }

    @Test
    void writingAgainAfterAKillKeepsTheOnlyCopyUntilTheNewOneIsThere() throws IOException {
        Files.move(target, place.resolve(".after-1.before"));
        AtomicFiles.writeFolder(target, beside -> {
            fresh().writeTo(beside);
            assertThat(target.resolve("a")).hasContent("old");
        });
        assertThat(names()).containsExactly("after-1/b");
    }
}
