package craft.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A row of chat or instruction data as prompt and answer. One exchange is its prompt and its answer as they are, a system
 * prompt or instruction on lines before it. Of several exchanges the last answer is the answer, and all before it are the
 * prompt, each turn on a line that begins with {@code User:} or {@code Assistant:}.
 *
 * @param before instruction or system prompt with a line end, may be empty
 * @param text the prompt, or its part that may be shortened
 * @param answer the last answer
 * @param turns exchanges that the row holds; of all but the last the answers are in the prompt
 */
record Exchange(String before, String text, String answer, int turns) {
    /** Keys of a list of turns: ShareGPT's ({@code from}, {@code value}) and chat messages' ({@code role}, {@code content}). */
    private static final List<String> CHAT = List.of("conversations", "messages", "conversation");
    private static final String SYSTEM = "system";
    private static final Set<String> USER = Set.of("human", "user", "prompter");
    private static final Set<String> ASSISTANT = Set.of("gpt", "assistant", "chatgpt", "model", "bot");

    /** Keys of a row that such an exchange is made of, or none: chat before Alpaca's. */
    static List<String> keys(Collection<String> names) {
        for (String key : CHAT) {
            if (names.contains(key)) {
                return List.of(key, SYSTEM);
            }
        }
        return names.contains("instruction") && names.contains("output")
                ? List.of("instruction", "input", "output", SYSTEM, "history") : List.of();
    }

    /** How the parts of a row with these keys are used, for people. */
    static String mapping(List<String> keys) {
        return keys.get(0).equals("instruction") ? "prompt <- \"instruction\" and \"input\", answer <- \"output\""
                : "prompt <- \"" + keys.get(0) + "\" up to the last answer, answer <- that answer";
    }

    /** The layout's name. */
    static String layout(List<String> keys) {
        return switch (keys.get(0)) {
            case "instruction" -> "instruction, input and output, as in Alpaca";
            case "messages" -> "chat messages";
            default -> "conversations, as in ShareGPT";
        };
    }

    private record Turn(boolean user, String text) {
        String line() {
            return (user ? "User: " : "Assistant: ") + text + "\n";
        }
    }

    /** @param row with the keys that {@link #keys} found */
    static Exchange of(JsonNode row, List<String> keys) throws UnusableRow {
        return keys.get(0).equals("instruction") ? alpaca(row) : chat(row, keys.get(0));
    }

    private static Exchange alpaca(JsonNode row) throws UnusableRow {
        String instruction = text(row.path("instruction"), "instruction");
        String input = text(row.path("input"), "input");
        String answer = text(row.path("output"), "output");
        String system = line(text(row.path(SYSTEM), SYSTEM));
        require(instruction + input, "instruction");
        require(answer, "output");
        List<Turn> earlier = new ArrayList<>();
        if (row.path("history").isArray()) {
            for (JsonNode pair : row.path("history")) {
                if (pair.size() != 2) {
                    throw new UnusableRow("history", "Each element must be a list of two texts, a question and its answer.");
                }
                earlier.add(new Turn(true, text(pair.get(0), "history")));
                earlier.add(new Turn(false, text(pair.get(1), "history")));
            }
        }
        if (!earlier.isEmpty()) {
            earlier.add(new Turn(true, instruction.isBlank() || input.isBlank() ? instruction + input : instruction + "\n" + input));
            return new Exchange(system, joined(earlier), answer, earlier.size() / 2 + 1);
        }
        return instruction.isBlank() || input.isBlank() ? new Exchange(system, instruction.isBlank() ? input : instruction, answer, 1)
                : new Exchange(system + line(instruction), input, answer, 1);
    }

    private static Exchange chat(JsonNode row, String key) throws UnusableRow {
        if (!(row.path(key) instanceof ArrayNode list) || list.isEmpty()) {
            throw new UnusableRow(key, row.path(key).isArray() ? "There is no turn in it."
                    : "The value must be a list of turns, not " + JsonRow.kind(row.path(key)) + ".");
        }
        StringBuilder system = new StringBuilder(line(text(row.path(SYSTEM), SYSTEM)));
        List<Turn> turns = new ArrayList<>();
        for (JsonNode turn : list) {
            String role = turn.path(turn.has("from") ? "from" : "role").asText("").toLowerCase(Locale.ROOT);
            String content = text(turn.path(turn.has("value") ? "value" : "content"), key);
            if (USER.contains(role) || ASSISTANT.contains(role)) {
                require(content, key);
                turns.add(new Turn(USER.contains(role), content));
            } else if (role.equals(SYSTEM) && turns.isEmpty()) {
                system.append(line(content));
            } else {
                throw new UnusableRow(key, role.isEmpty() ? "A turn does not say who speaks: it needs \"from\" and \"value\", or "
                        + "\"role\" and \"content\"." : "A turn of \"" + Texts.shortly(role) + "\" "
                        + (turns.isEmpty() ? "" : "at this place ") + "cannot be put into a prompt and an answer; only user and "
                        + "assistant speak, after a system prompt.");
            }
        }
        Turn last = turns.isEmpty() ? null : turns.get(turns.size() - 1);
        if (last == null || last.user()) {
            throw new UnusableRow(key, "There is no answer at the end: the last turn must be the assistant's.");
        }
        turns.remove(turns.size() - 1);
        if (turns.stream().noneMatch(Turn::user)) {
            throw new UnusableRow(key, "Nothing is asked: before the answer there must be a turn of the user's.");
        }
        return turns.size() == 1 ? new Exchange(system.toString(), turns.get(0).text(), last.text(), 1)
                : new Exchange(system.toString(), joined(turns), last.text(),
                (int) turns.stream().filter(t -> !t.user()).count() + 1);
    }

    private static String joined(List<Turn> turns) {
        return turns.stream().map(Turn::line).collect(Collectors.joining()) + "Assistant:";
    }

    private static String line(String text) {
        return text.isBlank() ? "" : text.endsWith("\n") ? text : text + "\n";
    }

    private static void require(String text, String key) throws UnusableRow {
        if (text.isBlank()) {
            throw new UnusableRow(key, "The text is empty.");
        }
    }

    /** A text, or a list of parts that are all texts; an empty one where nothing is given. */
    private static String text(JsonNode value, String key) throws UnusableRow {
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (value.isArray()) {
            StringBuilder all = new StringBuilder();
            for (JsonNode part : value) {
                if (!part.isTextual() && !part.path("text").isTextual()) {
                    throw new UnusableRow(key, "A turn holds something other than text (" + part.path("type").asText("no type")
                            + "); this program reads texts only.");
                }
                all.append(part.isTextual() ? part.asText() : part.path("text").asText());
            }
            return all.toString();
        }
        JsonRow.Number number = JsonRow.number(value);
        if (number != null && number.finite() || value.isBoolean()) {
            return value.asText();
        }
        if (!value.isTextual()) {
            throw new UnusableRow(key, number != null ? JsonWords.noNumber(number.text())
                    : "The value must be a text, not " + JsonRow.kind(value) + ".");
        }
        return value.asText();
    }
}
