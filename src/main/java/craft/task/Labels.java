package craft.task;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A task's labels, found by how they look: Unicode form and spaces do not tell two labels apart, nor do 1 and 1.0. */
final class Labels {
    private final List<String> listed;
    private final Map<String, String> byLook = new HashMap<>();
    private final Map<BigDecimal, String> byNumber = new HashMap<>();

    /** @param listed no two that look the same */
    Labels(List<String> listed) {
        this.listed = List.copyOf(listed);
        for (String label : listed) {
            byLook.put(Texts.look(label), label);
            BigDecimal number = number(label);
            if (number != null && byNumber.containsKey(number)) {
                byNumber.put(number, null); // listed in both spellings: only these are meant
            } else if (number != null) {
                byNumber.put(number, label);
            }
        }
    }

    List<String> listed() {
        return listed;
    }

    boolean isEmpty() {
        return listed.isEmpty();
    }

    /** @return the label as it is listed, or null; @param number whether the file gives it as a number */
    String find(String answer, boolean number) {
        String label = byLook.get(Texts.look(answer));
        return label != null || !number ? label : byNumber.get(number(answer));
    }

    /** The value, whatever zeros it is written with; null where the text is none that could be a label. */
    static BigDecimal number(String text) {
        if (text.length() > 30 || text.isEmpty() || !(Character.isDigit(text.charAt(0)) || text.charAt(0) == '-')) {
            return null;
        }
        try {
            return new BigDecimal(text).stripTrailingZeros();
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
