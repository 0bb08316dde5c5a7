package craft.ui.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every word of the window is there in both languages, is used, and is Korean where it should be. */
class WordsTest {
    private static final Path SOURCES = Path.of("src", "main", "java", "craft", "ui");
    private static final Path BUNDLES = Path.of("src", "main", "resources", "craft", "ui");
    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\\\n]|\\\\.)*)\"");
    private static final Pattern KEY_USED = Pattern.compile("\\b(?:words|WORDS)\\.(?:get|has)\\(\"([^\"]+)\"\\s*[,)]");
    private static final Pattern AREA = Pattern.compile("Words\\.of\\(\"(\\w+)\"\\)");
    private static final Pattern HANGUL = Pattern.compile("[\\uAC00-\\uD7A3]");
    /** Values that are the same in both languages: a sign, a symbol of a paper, a name. */
    private static final Set<String> SAME_IN_BOTH = Set.of("#");

    @AfterEach
    void english() {
        Words.use(Locale.ENGLISH);
    }

    static List<String> areas() throws IOException {
        try (Stream<Path> folders = Files.list(BUNDLES)) {
            return folders.filter(f -> Files.exists(f.resolve("words.properties"))).map(f -> f.getFileName().toString())
                    .sorted().toList();
        }
    }

    private static Properties bundle(String area, String file) throws IOException {
        Properties words = new Properties();
        try (Reader in = Files.newBufferedReader(BUNDLES.resolve(area).resolve(file), StandardCharsets.UTF_8)) {
            words.load(in);
        }
        return words;
    }

    private static List<String> sources() throws IOException {
        List<String> texts = new ArrayList<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                texts.add(Files.readString(file));
            }
        }
        return texts;
    }

    @Test
    void thereAreAreas() throws IOException {
        assertThat(areas()).contains("shell", "start", "model", "tasks", "method", "run", "runs");
    }

    @ParameterizedTest
    @MethodSource("areas")
    void bothLanguagesHaveTheSameKeysAndPlaceholders(String area) throws IOException {
        Properties english = bundle(area, "words.properties");
        Properties korean = bundle(area, "words_ko.properties");
        assertThat(new TreeSet<>(korean.stringPropertyNames())).isEqualTo(new TreeSet<>(english.stringPropertyNames()));
        for (String key : english.stringPropertyNames()) {
            assertThat(arguments(korean.getProperty(key))).as(key).isEqualTo(arguments(english.getProperty(key)));
        }
    }

    private static Set<String> arguments(String pattern) {
        Set<String> found = new TreeSet<>();
        Matcher m = Pattern.compile("\\{(\\d)").matcher(pattern);
        while (m.find()) {
            found.add(m.group(1));
        }
        return found;
    }

    @ParameterizedTest
    @MethodSource("areas")
    void koreanIsKorean(String area) throws IOException {
        Properties korean = bundle(area, "words_ko.properties");
        Properties english = bundle(area, "words.properties");
        for (String key : korean.stringPropertyNames()) {
            String value = korean.getProperty(key);
            boolean onlySymbols = value.equals(english.getProperty(key)) && !value.replaceAll("\\{[^}]*}", "")
                    .matches(".*[A-Za-z]{3,}.*");
            if (!SAME_IN_BOTH.contains(value) && !onlySymbols) {
                assertThat(HANGUL.matcher(value).find()).as(area + ": " + key + "=" + value).isTrue();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("areas")
    void valuesAreGoodPatternsWithoutStraightApostrophes(String area) throws IOException {
        for (String file : List.of("words.properties", "words_ko.properties")) {
            Properties words = bundle(area, file);
            for (String key : words.stringPropertyNames()) {
                assertThat(words.getProperty(key)).as(key).isNotBlank().doesNotContain("'");
                assertThat(new MessageFormat(words.getProperty(key)).toPattern()).isNotEmpty();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("areas")
    void noKeyIsObsolete(String area) throws IOException {
        Set<String> literals = new HashSet<>();
        for (String source : sources()) {
            Matcher m = LITERAL.matcher(source);
            while (m.find()) {
                literals.add(m.group(1));
            }
        }
        // a key that is put together at run time is found by its beginning: "status." + status
        assertThat(bundle(area, "words.properties").stringPropertyNames()).allMatch(key -> literals.contains(key)
                || literals.stream().anyMatch(l -> l.endsWith(".") && l.length() > 1 && key.startsWith(l)));
    }

    @Test
    void noKeyIsMissing() throws IOException {
        int looked = 0;
        for (String source : sources()) {
            Set<String> known = new HashSet<>();
            Matcher areas = AREA.matcher(source);
            while (areas.find()) {
                known.addAll(bundle(areas.group(1), "words.properties").stringPropertyNames());
            }
            if (known.isEmpty()) {
                continue; // the file is given its words from elsewhere
            }
            Matcher m = KEY_USED.matcher(source);
            while (m.find()) {
                assertThat(known).contains(m.group(1));
                looked++;
            }
        }
        assertThat(looked).isGreaterThan(100);
    }

    @Test
    void theLanguageCanBeSwitched() {
        Words words = Words.of("shell");
        assertThat(words.get("run")).isEqualTo("Run");
        Words.use(Locale.KOREA);
        assertThat(words.get("run")).isEqualTo("실행");
        Words.use(Locale.FRENCH);
        assertThat(words.get("run")).isEqualTo("Run");
    }

    @Test
    void argumentsAreFilledInAndAnUnknownKeyIsSeen() {
        assertThat(Words.of("shell").get("line.loss", "0.840")).isEqualTo("loss 0.840");
        assertThat(Words.of("shell").get("no.such.key")).contains("no.such.key");
    }
}
