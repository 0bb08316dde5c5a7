package craft.error;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is wrong with a JSON text, in plain words. The parser's own message speaks to programmers and is never shown. */
public final class JsonFault {
    private static final int LONGEST = 80;
    private static final Pattern TWICE = Pattern.compile("Duplicate (?:field|property)(?: name)? ['\"](.*)['\"].*", Pattern.DOTALL);

    private JsonFault() {
    }

    /** {@code ", line 3, column 7"}, or nothing where the place is not known: to be put behind a file's name. */
    public static String place(JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        return at == null || at.getLineNr() < 1 ? "" : ", line " + at.getLineNr() + ", column " + at.getColumnNr();
    }

    /** Such as {@code "it ends too early"}; never empty, without a full stop. */
    public static String reason(JsonProcessingException e) {
        String said = String.valueOf(e.getOriginalMessage());
        Matcher twice = TWICE.matcher(said);
        if (e instanceof StreamConstraintsException) {
            return "it is nested too deeply, or a number or text in it is too long";
        } else if (e instanceof JsonEOFException) {
            return "it ends too early";
        } else if (twice.matches()) {
            return "the key \"" + brief(twice.group(1)) + "\" stands there twice";
        } else if (said.contains("NON_NUMERIC_NUMBERS")) {
            return "NaN and Infinity are no JSON values; write null or leave them out";
        } else if (said.startsWith("Invalid UTF-8")) {
            return "it is not UTF-8 text";
        }
        return "something stands there that JSON does not allow";
    }

    private static String brief(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
    }
}
