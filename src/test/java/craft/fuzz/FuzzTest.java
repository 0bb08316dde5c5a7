package craft.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import craft.error.InvalidInputException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged input ends in a result or in one clear sentence, soon, within bounded memory, and with nothing on disk changed. Every
 * case follows from the seed and its number; {@code -Dcraft.fuzz.seed=}, {@code -Dcraft.fuzz.door=} (a part of its name) and
 * {@code -Dcraft.fuzz.cases=} choose others.
 */
class FuzzTest {
    private static final long SEED = Long.getLong("craft.fuzz.seed", 20_261_128);
    private static final String ONLY = System.getProperty("craft.fuzz.door", "");
    private static final long MOST_BYTES = 1L << 30;
    private static final double MOST_SECONDS = 20;
    private static final int LONGEST = 3000;
    private static final Pattern UNCLEAR = Pattern.compile("Exception|java\\.|com\\.fasterxml|Source:|ai\\.djl|REDACTED|ALLOW_|StreamRead|START_|END_|Unexpected |"
            + "Unrecognized |Cannot |was expecting|deserializ|instance of|JsonToken|\\bmappable\\b|through reference chain|untagged|InputStream|\\[B@");
    private static final Pattern NULL = Pattern.compile("\\bnull\\b");
    private static final com.sun.management.ThreadMXBean THREADS = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    Path temp;

    @Test
    void damagedInputEndsInAResultOrOneClearSentence(TestReporter reporter) throws Exception {
        fuzz(Integer.getInteger("craft.fuzz.cases", 2_500), reporter);
    }

    @Tag("heavy")
    @Test
    void muchDamagedInputEndsInAResultOrOneClearSentence(TestReporter reporter) throws Exception {
        fuzz(100_000, reporter);
    }

    /** What came of one door's cases. */
    private static final class Tally {
        private int results;
        private int refusals;
        private double slowest;
        private long largest;
    }

    private void fuzz(int cases, TestReporter reporter) throws Exception {
        List<Door> doors = new Doors(Files.createDirectory(temp.resolve("good"))).all().stream().filter(d -> d.name().contains(ONLY)).toList();
        Map<String, Tally> tallies = new LinkedHashMap<>();
        Map<String, String> failures = new LinkedHashMap<>();
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (Door door : doors) {
            try {
                door.opening().open(copy(door, temp.resolve("TC").resolve("whole")));
            } catch (Exception | AssertionError e) { // what is good must be taken
                failures.put(door.name() + ", undamaged", String.valueOf(e));
                continue;
            }
            Tally tally = tallies.computeIfAbsent(door.name(), name -> new Tally());
            Path copy = copy(door, temp.resolve("TC").resolve("copy"));
            for (int i = 0; i < cases / doors.size(); i++) {
                String problem = attempt(door, copy, new Random(SEED + 1_000_003L * i + door.name().hashCode()), tally);
                if (!problem.isEmpty()) {
                    String kind = kind(door, problem);
                    counts.merge(kind, 1, Integer::sum);
                    failures.putIfAbsent(kind, "case " + i + " of " + door.name() + ": " + problem);
                }
            }
        }
        StringBuilder table = new StringBuilder("Fuzz, seed " + SEED + ", " + cases + " damaged inputs:\n");
        tallies.forEach((name, t) -> table.append(String.format("  %-40s %6d results %6d refusals, slowest %.2f s, most %d MB%n", name, t.results,
                t.refusals, t.slowest, t.largest >> 20)));
        reporter.publishEntry("fuzz", table.toString());
        assertThat(failures.values().stream().map(f -> f + "\n").toList()).as(() -> table + "\n" + counts).isEmpty();
    }

    /** Failures that have one cause are told once: by the door, the file's kind and what gave it away. */
    private static String kind(Door door, String problem) {
        Matcher word = UNCLEAR.matcher(problem);
        String last = problem.lines().filter(line -> line.startsWith("Case: ")).map(line -> line.split(" ")[1]).findFirst().orElse("");
        String sign = problem.startsWith("A library's words") && word.find() ? word.group() : problem.lines().limit(2).reduce("", (a, b) -> a + b)
                .replaceAll("[0-9]+", "#");
        return door.name().split(" ")[0] + " " + last + ": " + sign.substring(0, Math.min(120, sign.length()));
    }

    /** Damages one file, opens, puts it back. @return what is wrong, or nothing */
    private static String attempt(Door door, Path copy, Random random, Tally tally) throws IOException {
        String name = door.files().get(random.nextInt(door.files().size()));
        Path file = copy.resolve(name);
        byte[] good = Files.readAllBytes(door.good().resolve(name));
        String damage = damage(door, file, name, good, random) + (contains(file, "null") ? " (holds null)" : "");
        String before = sums(copy);
        String problem = "";
        long begin = System.nanoTime();
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        try {
            door.opening().open(copy);
            tally.results++;
        } catch (InvalidInputException e) {
            tally.refusals++;
            problem = unclear(e.getMessage());
            if (problem.isEmpty() && NULL.matcher(e.getMessage().replace("true, false, null", "").replace("write null", "").replace("or null for", "").replace("is null or empty", "")).find() && !damage.contains("null")) {
                problem = "A null in the text: " + e.getMessage();
            }
        } catch (AssertionError e) {
            problem = e.getMessage();
        } catch (Exception | StackOverflowError | OutOfMemoryError e) {
            problem = e + "\n  " + Stream.of(e.getStackTrace()).filter(f -> f.getClassName().startsWith("craft.")).limit(4).map(String::valueOf)
                    .reduce("", (a, b) -> a + " < " + b);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
        tally.slowest = Math.max(tally.slowest, seconds);
        tally.largest = Math.max(tally.largest, allocated);
        if (problem.isEmpty() && seconds > MOST_SECONDS) {
            problem = "It took " + seconds + " s.";
        }
        if (problem.isEmpty() && allocated > MOST_BYTES) {
            problem = "It took " + (allocated >> 20) + " MB.";
        }
        if (problem.isEmpty() && !before.equals(sums(copy))) {
            problem = "It changed what is on disk: " + before + " became " + sums(copy);
        }
        restore(copy, door, name, good);
        return problem.isEmpty() ? "" : printable(problem) + "\nCase: " + name + " " + printable(damage);
    }

    private static String damage(Door door, Path file, String name, byte[] good, Random random) throws IOException {
        Files.delete(file); // a new file, since the old one may still be mapped
        int kind = random.nextInt(60);
        if (kind == 0) {
            return "removed";
        } else if (kind == 1) {
            Files.createDirectory(file);
            return "a folder";
        } else if (kind == 2) {
            Files.createSymbolicLink(file, Path.of("../../blobs/nowhere"));
            return "a link that leads nowhere";
        }
        List<byte[]> others = new ArrayList<>();
        for (String other : door.files()) {
            if (!other.equals(name)) {
                others.add(Files.readAllBytes(door.good().resolve(other)));
            }
        }
        byte[] bad = new Damage(random).of(good, others);
        Files.write(file, bad);
        int at = Math.max(0, Arrays.mismatch(good, bad));
        return "differs from byte " + at + ": ..." + new String(bad, Math.max(0, Math.min(at, bad.length) - 60),
                Math.min(bad.length, at + 60) - Math.max(0, Math.min(at, bad.length) - 60), StandardCharsets.UTF_8);
    }

    private static String printable(String text) {
        return text.replaceAll("[^\\x20-\\x7e\\n]", "?");
    }

    private static boolean contains(Path file, String word) throws IOException {
        return Files.isRegularFile(file) && new String(Files.readAllBytes(file), StandardCharsets.UTF_8).contains(word);
    }

    private static void restore(Path copy, Door door, String name, byte[] good) throws IOException {
        Path file = copy.resolve(name);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            Files.delete(file);
        }
        Files.write(file, good);
    }

    /** Fails where a sentence is not one for people. */
    static void requireClear(String message) {
        String problem = unclear(message);
        if (!problem.isEmpty()) {
            throw new AssertionError(problem);
        }
    }

    private static String unclear(String message) {
        if (message == null || message.isBlank()) {
            return "The message is empty.";
        } else if (UNCLEAR.matcher(message).find()) {
            return "A library's words: " + message;
        } else if (message.length() > LONGEST) {
            return "A message of " + message.length() + " characters: " + message.substring(0, 200);
        } else if (message.lines().count() > 1 && message.chars().filter(c -> c == '\n').count() > 25) {
            return "A message of many lines: " + message;
        }
        return "";
    }

    private static Path copy(Door door, Path to) throws IOException {
        if (Files.exists(to)) {
            try (Stream<Path> all = Files.walk(to)) {
                for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
        Files.createDirectories(to.getParent());
        try (Stream<Path> all = Files.walk(door.good())) {
            for (Path path : all.toList()) {
                Files.copy(path, to.resolve(door.good().relativize(path).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        return to;
    }

    /** Names, sizes and checksums of all that is there. */
    private static String sums(Path folder) throws IOException {
        StringBuilder sums = new StringBuilder();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted().toList()) {
                sums.append(folder.relativize(path)).append(' ');
                if (Files.isRegularFile(path)) {
                    CRC32C crc = new CRC32C();
                    crc.update(Files.readAllBytes(path));
                    sums.append(Files.size(path)).append(' ').append(Long.toHexString(crc.getValue()));
                }
                sums.append('\n');
            }
        }
        return sums.toString();
    }
}
