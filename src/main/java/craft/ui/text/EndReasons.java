package craft.ui.text;

import craft.experiment.Divergence;
import craft.experiment.RunState;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Why a run was interrupted or failed, in the window's language. The engine and the store write it in English. */
public final class EndReasons {
    private static final Map<String, String> KEYS = Map.of(
            "Stopped by the user", "end.user",
            "The program ended before the run did", "end.early",
            "The journal is damaged; what came after cannot be told", "end.damaged",
            "The run could not be recorded to its end: the disk was full or could not be written. Make room, then resume the run "
                    + "to go on", "end.unrecorded");
    private static final String RESUME = ". Resume the run to go on.";

    private EndReasons() {
    }

    /** The reason in words; one that is not known, as a failure's message, as it is. */
    public static String inWords(String reason) {
        String bare = reason.endsWith(RESUME) ? reason.substring(0, reason.length() - RESUME.length()) : reason;
        String key = KEYS.get(bare.endsWith(".") ? bare.substring(0, bare.length() - 1) : bare);
        return key == null ? reason : Words.of("shell").get(key);
    }

    /** The reason in words, with what to do. */
    public static String inWords(RunState state) {
        return state.divergence().map(EndReasons::inWords).orElseGet(() -> inWords(state.endReason()));
    }

    /** The same for a line that has little room. */
    public static String shortly(RunState state) {
        return state.divergence().filter(d -> !d.untrained()).map(d -> Words.of("shell").get("end.diverged.short", d.taskName()))
                .orElseGet(() -> inWords(state));
    }

    private static String inWords(Divergence d) {
        Words words = Words.of("shell");
        String number = words.get("end.what." + d.what()) + " " + words.get(d.infinite() ? "end.infinite" : "end.notANumber");
        if (d.untrained()) {
            return words.get("end.untrained", d.taskName(), number);
        }
        String place = words.get(d.scoring() ? "end.at.scoring" : d.step() == 0 ? "end.at.end" : "end.at.step", d.taskName(),
                Integer.toString(d.step()), Integer.toString(d.plannedSteps()), Integer.toString(d.runStep()));
        String remedies = d.options().entrySet().stream().map(option -> words.get("end.remedy."
                + d.remedy(option.getKey()).name().toLowerCase(Locale.ROOT), option.getKey(), option.getValue()))
                .collect(Collectors.joining("; "));
        String kept = d.keptStep() < 0 ? words.get("end.kept.none")
                : d.keptStep() == 0 ? words.get("end.kept.first") : words.get("end.kept", Integer.toString(d.keptStep()));
        return words.get("end.diverged", place, number, remedies, kept);
    }
}
