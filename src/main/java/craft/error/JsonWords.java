package craft.error;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.PropertyBindingException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What is wrong with a JSON text, in plain words: never the reader's own message, which speaks of Java and of switches that the
 * user does not have. A message that is not known here, as of another version of the reader, becomes a general one.
 */
public final class JsonWords {
    private static final Pattern CHARACTER = Pattern.compile("Unexpected character \\('(.)' \\(code (\\d+)[^)]*\\)\\)(.*)", Pattern.DOTALL);
    private static final Pattern TOKEN = Pattern.compile("Unrecognized token '([^']*)'.*", Pattern.DOTALL);
    private static final Pattern NO_NUMBER = Pattern.compile("Non-standard token '([^']*)'.*", Pattern.DOTALL);
    private static final Pattern DUPLICATE = Pattern.compile("Duplicate (?:field|Object property) ['\"](.*)['\"].*", Pattern.DOTALL);
    private static final Pattern MISSING = Pattern.compile("Missing (?:required )?creator property '([^']*)'.*", Pattern.DOTALL);
    private static final Pattern CLOSING = Pattern.compile("Unexpected close marker '(.)': expected '(.)'.*", Pattern.DOTALL);
    private static final int SHORT = 30;

    private JsonWords() {
    }

    /** {@code line 3, column 5: a comma is missing before this}, or without the place where it is not known; no full stop. */
    public static String of(JacksonException e) {
        String place = place(e);
        return place.isEmpty() ? reason(e) : place + ": " + reason(e);
    }

    /** {@code line 3, column 5}; empty where it is not known. */
    public static String place(JacksonException e) {
        JsonLocation at = e.getLocation();
        return at == null || at.getLineNr() < 1 ? "" : "line " + at.getLineNr()
                + (at.getColumnNr() < 1 ? "" : ", column " + at.getColumnNr());
    }

    /** What is wrong, without the place; no full stop. */
    public static String reason(JacksonException e) {
        String said = String.valueOf(e.getOriginalMessage());
        if (e instanceof StreamConstraintsException) {
            return limit(said);
        }
        return e instanceof JsonMappingException mapping ? meaning(mapping, said) : syntax(said);
    }

    private static String limit(String said) {
        if (said.contains("nesting depth")) {
            return "it is nested too deeply";
        }
        return said.contains("Number value length") ? "a number has too many digits" : "a text or the whole is too long";
    }

    private static String syntax(String said) {
        Matcher character = CHARACTER.matcher(said);
        if (character.matches()) {
            return character(character.group(1), Integer.parseInt(character.group(2)), character.group(3));
        }
        Matcher token = TOKEN.matcher(said);
        if (token.matches()) {
            return "\"" + shortly(token.group(1)) + "\" is no JSON value; write true, false, null, a number, or a text in double quotes";
        }
        Matcher noNumber = NO_NUMBER.matcher(said);
        if (noNumber.matches()) {
            return noNumber.group(1) + " is no JSON value; write null or leave it out";
        }
        Matcher twice = DUPLICATE.matcher(said);
        if (twice.matches()) {
            return "\"" + shortly(twice.group(1)) + "\" is given twice; remove one";
        }
        Matcher closing = CLOSING.matcher(said);
        if (closing.matches()) {
            return closing.group(1) + " closes what has not been opened here; " + closing.group(2) + " is missing before it";
        }
        if (said.startsWith("Unexpected close marker")) {
            return "there is one closing bracket more than there are opening ones";
        }
        if (said.startsWith("Unexpected end-of-input")) {
            return said.contains("closing quote") ? "the text ends within a text in quotes: a closing quote is missing"
                    : "the text ends too early: a closing bracket is missing, or the rest of the file";
        }
        return escapes(said);
    }

    private static String escapes(String said) {
        if (said.startsWith("Unrecognized character escape")) {
            return "a backslash must be written twice, \\\\, and paths are better written with /";
        }
        if (said.startsWith("Illegal unquoted character")) {
            return "a line break or another control character stands within a text in quotes; write \\n or \\t, or close the quotes";
        }
        if (said.startsWith("Invalid numeric value")) {
            return "a number must not begin with 0";
        }
        if (said.startsWith("Invalid UTF-8")) {
            return "it is not UTF-8 text";
        }
        return said.startsWith("Illegal character") ? "a control character stands between the values" : "this is not valid JSON";
    }

    private static String character(String found, int code, String why) {
        String shown = code < 32 || code == 127 ? "a control character" : "'" + found + "'";
        if (why.contains("comment") || "#".equals(found)) {
            return "a comment; JSON has none: remove it";
        }
        if ("\u201c\u201d\u201e\u00ab\u00bb\u2018\u2019".contains(found)) {
            return "typographic quotes; write \"";
        }
        if ("'".equals(found)) {
            return "single quotes; write \"";
        }
        if (why.contains("start field name")) {
            return "}".equals(found) ? "the comma before this } has nothing after it; remove it"
                    : ",".equals(found) ? "a comma too many; remove it" : "a key must stand in double quotes; found " + shown;
        }
        if (why.contains("valid value")) {
            return "]".equals(found) || "}".equals(found)
                    ? "a value is missing before this " + found + "; add it, or remove the comma before"
                    : ",".equals(found) ? "a value is missing before this comma" : "a value was expected, not " + shown;
        }
        if (why.contains("numeric value")) {
            return "a number is not written as JSON has them, such as 1, -0.5 or 2e-4";
        }
        if (why.contains("comma to separate")) {
            return "_".equals(found) || "x".equals(found) ? "a number is not written as JSON has them, such as 1000 or 2e-4"
                    : "a comma is missing before " + shown + ", or a bracket is not closed";
        }
        return why.contains("colon") ? "a colon is missing before " + shown : "this is not valid JSON: " + shown + " cannot stand here";
    }

    private static String meaning(JsonMappingException e, String said) {
        String path = path(e.getPath());
        String at = path.isEmpty() ? "the whole" : "\"" + path + "\"";
        if (e instanceof PropertyBindingException) {
            return at + " is not known";
        }
        Matcher missing = MISSING.matcher(said);
        if (missing.matches()) {
            String parent = path.endsWith(missing.group(1)) ? path : path.isEmpty() ? missing.group(1) : path + "." + missing.group(1);
            return "\"" + parent + "\" is missing";
        }
        if (e instanceof InvalidFormatException format) {
            return at + " is \"" + shortly(String.valueOf(format.getValue())) + "\", which it cannot be";
        }
        if (said.startsWith("Trailing token")) {
            return "something follows the end; remove it";
        }
        return said.contains("`null`") ? at + " is null or empty, which it cannot be"
                : said.contains("out of range") ? at + " is too large a number" : at + " is not of the kind that belongs there";
    }

    private static String path(List<JsonMappingException.Reference> path) {
        return path.stream().map(r -> r.getFieldName() != null ? r.getFieldName() : Integer.toString(r.getIndex() + 1))
                .collect(Collectors.joining("."));
    }

    private static String shortly(String text) {
        return text.length() <= SHORT ? text : text.substring(0, SHORT) + "...";
    }
}
