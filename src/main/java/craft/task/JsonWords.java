package craft.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is wrong with a JSON text, in words for whoever wrote it: the library's own speak of its features and switches. */
public final class JsonWords {
    private static final int FLAGS = Pattern.DOTALL;
    private static final Pattern NUMBER = Pattern.compile("Non-standard token '([^']*)'", FLAGS);
    private static final Pattern WORD = Pattern.compile("Unrecognized token '(.*?)': was expecting", FLAGS);
    private static final Pattern TWICE = Pattern.compile("Duplicate (?:field|property|Object property) ['\"](.*)['\"]$", FLAGS);
    private static final Pattern CHARACTER = Pattern.compile("Unexpected character \\('(.+?)' \\(code", FLAGS);
    private static final Pattern CONTROL = Pattern.compile("CTRL-CHAR, code (\\d+)");
    private static final Pattern ESCAPE = Pattern.compile("Unrecognized character escape '(.)'", FLAGS);

    private JsonWords() {
    }

    /** One or two sentences, without the place. */
    public static String of(JsonProcessingException thrown) {
        String message = String.valueOf(thrown.getOriginalMessage());
        if (thrown instanceof StreamConstraintsException) {
            return message.contains("nesting") ? "It is nested deeper than 1,000 levels."
                    : "A text, name or number in it is too long.";
        }
        Matcher number = NUMBER.matcher(message);
        if (number.find()) {
            return noNumber(number.group(1));
        }
        Matcher word = WORD.matcher(message);
        if (word.find()) {
            return word(word.group(1));
        }
        Matcher twice = TWICE.matcher(message);
        if (twice.find()) {
            return "The key \"" + twice.group(1) + "\" is given twice. Remove one.";
        }
        return place(message);
    }

    /** @param value NaN or an infinity, as it is written */
    static String noNumber(String value) {
        return value + " is no JSON value; write null or leave it out.";
    }

    private static String word(String word) {
        return switch (word) {
            case "None", "nil", "undefined", "NULL", "Null", "NA" -> word + " is no JSON value; write null.";
            case "True", "TRUE" -> word + " is no JSON value; write true.";
            case "False", "FALSE" -> word + " is no JSON value; write false.";
            case "nan", "inf" -> noNumber(word);
            default -> "\"" + Texts.shortly(word) + "\" is no JSON value; a text is put in double quotation marks.";
        };
    }

    private static String place(String message) {
        if (message.contains("end-of-input")) {
            return "It ends too early: a closing quotation mark, } or ] is missing.";
        }
        Matcher escape = ESCAPE.matcher(message);
        if (escape.find()) {
            return "\\" + escape.group(1) + " has no meaning within a text; a backslash is written \\\\.";
        }
        if (message.contains("hex-digit")) {
            return "\\u must be followed by four hexadecimal digits.";
        }
        Matcher control = CONTROL.matcher(message);
        if (message.startsWith("Illegal unquoted character") && control.find()) {
            return switch (control.group(1)) {
                case "9" -> "A tab stands within a text; write \\t.";
                case "10", "13" -> "A text goes on over the line's end: a closing quotation mark is missing, or write \\n.";
                default -> "A control character (code " + control.group(1) + ") stands within a text. Remove it.";
            };
        }
        if (message.startsWith("Unexpected close marker")) {
            return "A } or ] closes what was opened otherwise, or closes too much.";
        }
        if (message.contains("UTF-8")) {
            return "It is not valid UTF-8. Save the file as UTF-8.";
        }
        if (message.contains("umeric value") || message.contains("eading zero") || message.contains("ecimal point")
                || message.contains("exponent") || message.contains("plus sign")) {
            return "A number is not written as in JSON: no leading zeros, no plus sign, digits on both sides of the point.";
        }
        Matcher character = CHARACTER.matcher(message);
        return character.find() ? character(character.group(1), message)
                : "Something in it is not written as JSON wants it.";
    }

    private static String character(String character, String message) {
        return switch (character) {
            case "'", "`", "\u2018", "\u2019", "\u201C", "\u201D" -> "Texts and keys are put in double quotation marks (\"), not in "
                    + character + ".";
            case "}", "]" -> "Before " + character + " a value is missing, or there is a comma too many.";
            case "/", "#" -> "A comment is no JSON. Remove it.";
            case "\"" -> "Before a quotation mark a comma or colon is missing; one within a text is written \\\".";
            default -> message.contains("double-quote to start") ? "A key is put in double quotation marks; found "
                    + character + "." : "The character " + character + " cannot stand here.";
        };
    }
}
