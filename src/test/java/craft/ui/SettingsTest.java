package craft.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    @TempDir
    Path temp;

    @Test
    void areKeptFromOneStartToTheNext() {
        Path file = temp.resolve("deep/settings.properties");
        Settings first = new Settings(file, Runnable::run);
        first.dark(true);
        first.language(Locale.KOREAN);
        first.inspectorOpen(false);
        Settings second = new Settings(file, Runnable::run);
        assertThat(second.dark()).isTrue();
        assertThat(second.language()).isEqualTo(Locale.KOREAN);
        assertThat(second.inspectorOpen()).isFalse();
    }

    @Test
    void aDamagedFileGivesDefaults() throws IOException {
        Path file = temp.resolve("settings.properties");
        Files.writeString(file, "dark=\\uZZZZ");
        assertThat(new Settings(file, Runnable::run).dark()).isFalse();
    }

    @Test
    void aPlaceThatCannotBeWrittenCostsOnlyTheMemory() throws IOException {
        Path file = temp.resolve("a-file");
        Files.writeString(file, "x");
        Settings settings = new Settings(file.resolve("settings.properties"), Runnable::run);
        settings.dark(true);
        assertThat(settings.dark()).isTrue();
        assertThat(new Settings(file.resolve("settings.properties"), Runnable::run).dark()).isFalse();
    }

    @Test
    void aLanguageTheWindowDoesNotSpeakBecomesEnglish() throws IOException {
        Path file = temp.resolve("settings.properties");
        Files.writeString(file, "language=fr");
        assertThat(new Settings(file, Runnable::run).language()).isEqualTo(Locale.ENGLISH);
    }
}
