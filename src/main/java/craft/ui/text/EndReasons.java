package craft.ui.text;

import java.util.Map;

/** Why a run was interrupted, in the window's language. The engine and the store write it in English. */
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
}
