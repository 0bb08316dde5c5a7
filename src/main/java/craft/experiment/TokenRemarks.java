package craft.experiment;

import craft.lm.Tokens;
import craft.task.Example;
import craft.task.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What becomes of a task's rows as tokens that their author would not expect: told once a task, with counts, so that nothing is
 * lost without a word.
 */
final class TokenRemarks {
    private final Task task;
    private final Tokens tokens;
    private final int most;
    private final String firsts;
    private final Map<String, Split> splits = new LinkedHashMap<>();
    private final Set<String> controls = new HashSet<>();

    /** Counts of one split's rows. */
    private static final class Split {
        private int rows;
        private final List<Integer> longer = new ArrayList<>();
        private boolean endLost;
        private boolean beginLost;
        private double least = 1;
        private String leastLeft = "";
        private int special;
        private int unknown;
        private int unknownAround;
        private int spaced;
    }

    /** @param most the recipe's longest prompt, 0 for none */
    TokenRemarks(Task task, Tokens tokens, int most) {
        this.task = task;
        this.tokens = tokens;
        this.most = most;
        this.firsts = tokens.specials().stream().map(s -> s.substring(0, 1)).distinct().collect(Collectors.joining());
    }

    private Split split(String name) {
        return splits.computeIfAbsent(name, n -> new Split());
    }

    /** A prompt was shortened; @param whole its tokens before; @param kept characters of its text that are left; @param end lost */
    void shortened(String name, Example row, int whole, int kept, int characters, boolean end) {
        Split split = split(name);
        split.longer.add(whole);
        split.endLost |= end;
        split.beginLost |= !end;
        double left = (double) kept / characters;
        if (left < split.least) {
            split.least = left;
            split.leastLeft = String.format(Locale.ROOT, "%,d of %,d characters are left of %s row %d", kept, characters, name, row.row());
        }
    }

    /** A row that is encoded; @param ids its prompt's and its answer's */
    void row(String name, Example row, int[]... ids) {
        Split split = split(name);
        split.rows++;
        String prompt = row.prompt();
        List<String> found = special(prompt + "\n" + row.answer());
        if (!found.isEmpty()) {
            split.special++;
            controls.addAll(found);
        } else if (unknown(ids)) {
            boolean own = unknown(tokens.prompt(row.text()), tokens.prompt(row.answer()));
            split.unknown += own ? 1 : 0;
            split.unknownAround += own ? 0 : 1;
        }
        split.spaced += prompt.endsWith(" ") || row.answer().startsWith(" ") ? 1 : 0;
    }

    private boolean unknown(int[]... ids) {
        return tokens.unknown() >= 0 && Arrays.stream(ids).flatMapToInt(Arrays::stream).anyMatch(id -> id == tokens.unknown());
    }

    /** The control tokens that a text contains. A model may have hundreds, which begin with two or three characters. */
    private List<String> special(String text) {
        return firsts.chars().anyMatch(first -> text.indexOf(first) >= 0)
                ? tokens.specials().stream().filter(text::contains).toList() : List.of();
    }

    /** One sentence or two each, beginning with the task's name. */
    List<String> all() {
        List<String> all = new ArrayList<>();
        splits.forEach((name, split) -> {
            if (!split.longer.isEmpty()) {
                all.add(longer(name, split));
            }
        });
        add(all, s -> s.special, " contain " + String.join(", ", tokens.specials().stream().filter(controls::contains).toList())
                + ", which the tokenizer reads as control tokens, not as text. "
                + "If text is meant, write it in another way.");
        add(all, s -> s.unknown, " contain characters that the tokenizer does not know: each becomes its token for what is unknown.");
        add(all, s -> s.unknownAround, " have an instruction, options or line breaks with characters that the tokenizer does not know.");
        add(all, s -> s.spaced, " have a space at the prompt's end or the answer's beginning. It is taken as the one space that every "
                + "answer follows, not as a further one.");
        return all;
    }

    private String longer(String name, Split split) {
        int[] sorted = split.longer.stream().mapToInt(i -> i).sorted().toArray();
        String part = split.endLost && split.beginLost ? "beginning or end" : split.endLost ? "end" : "beginning";
        boolean one = sorted.length == 1;
        return String.format(Locale.ROOT, "%s: %,d of %,d %s rows %s longer than data.maxPromptTokens %,d; the %s of %s text is left out "
                + "(%s; %s).", task.name(), sorted.length, split.rows, name, one ? "is" : "are", most, part, one ? "its" : "their",
                one ? String.format(Locale.ROOT, "%,d tokens", sorted[0]) : String.format(Locale.ROOT, "median %,d tokens, longest %,d",
                sorted[sorted.length / 2], sorted[sorted.length - 1]), (one ? "" : "at the least ") + split.leastLeft);
    }

    private interface Counted {
        int of(Split split);
    }

    private void add(List<String> all, Counted counted, String what) {
        int count = splits.values().stream().mapToInt(counted::of).sum();
        if (count > 0) {
            int rows = splits.values().stream().mapToInt(s -> s.rows).sum();
            all.add(String.format(Locale.ROOT, "%s: %,d of %,d rows (%s)%s", task.name(), count, rows, splits.entrySet().stream()
                    .filter(e -> counted.of(e.getValue()) > 0).map(e -> e.getKey() + " " + counted.of(e.getValue()))
                    .collect(Collectors.joining(", ")), what));
        }
    }
}
