package craft.store;

import java.nio.charset.StandardCharsets;

/** What stands before the event in a line of a journal. Reads bytes: a journal has millions of lines. */
final class JournalHead {
    private static final byte[] SEQ = ascii("{\"seq\":");
    private static final byte[] TIME = ascii(",\"time\":\"");
    private static final byte[] CRC = ascii("\",\"crc\":\"");
    private static final byte[] EVENT = ascii("\",\"event\":");
    private static final byte[] KIND = ascii("{\"event\":\"");
    private static final byte[] STEP = ascii("StepDone\"");
    private static final int LONGEST_TIME = 40;
    private static final int LONGEST_KIND = 100;

    private final byte[] line;
    private final int to;
    private int at;
    private long number;
    private int checksum;

    private JournalHead(byte[] line, int from, int to) {
        this.line = line;
        this.to = to;
        this.at = from;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** @param to where the line ends; @return null when this is not the head of a line */
    static JournalHead of(byte[] line, int from, int to) {
        JournalHead head = new JournalHead(line, from, to);
        return head.text(SEQ) && head.digits() && head.text(TIME) && head.time() && head.text(CRC) && head.hexadecimal()
                && head.text(EVENT) ? head : null;
    }

    long number() {
        return number;
    }

    /** CRC-32C that the event's JSON text is to have. */
    int checksum() {
        return checksum;
    }

    /** Where the event's JSON text begins. */
    int event() {
        return at;
    }

    /** Whether the event is an optimiser step, also under the name that the first versions gave it. */
    boolean step() {
        int i = at;
        if (!startsWith(KIND, i)) {
            return false;
        }
        i += KIND.length;
        int last = Math.min(to, i + LONGEST_KIND);
        while (i < last && line[i] != '"') {
            i++;
        }
        return startsWith(STEP, i + 1 - STEP.length);
    }

    private boolean startsWith(byte[] text, int from) {
        if (from < 0 || from + text.length > to) {
            return false;
        }
        for (int i = 0; i < text.length; i++) {
            if (line[from + i] != text[i]) {
                return false;
            }
        }
        return true;
    }

    private boolean text(byte[] text) {
        boolean there = startsWith(text, at);
        at += text.length;
        return there;
    }

    /** At most 18, which fit into a long. */
    private boolean digits() {
        int from = at;
        while (at < to && at - from < 18 && line[at] >= '0' && line[at] <= '9') {
            number = 10 * number + line[at++] - '0';
        }
        return at > from;
    }

    private boolean time() {
        int from = at;
        while (at < to && at - from < LONGEST_TIME && ofTime(line[at])) {
            at++;
        }
        return at > from;
    }

    private static boolean ofTime(byte b) {
        return b >= '0' && b <= '9' || b == 'T' || b == 'Z' || b == ':' || b == '.' || b == '+' || b == '-';
    }

    /** 8 digits in lower case. */
    private boolean hexadecimal() {
        if (at + 8 > to) {
            return false;
        }
        for (int i = 0; i < 8; i++) {
            byte b = line[at++];
            int digit = b >= '0' && b <= '9' ? b - '0' : b >= 'a' && b <= 'f' ? b - 'a' + 10 : -1;
            if (digit < 0) {
                return false;
            }
            checksum = checksum << 4 | digit;
        }
        return true;
    }
}
