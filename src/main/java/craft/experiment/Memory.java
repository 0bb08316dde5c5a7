package craft.experiment;

import craft.error.InvalidInputException;
import java.lang.management.ManagementFactory;

/** How much memory the engine may keep for prefilled prompts. */
final class Memory {
    private static final String PROPERTY = "craft.cacheMegabytes";
    private static final long MOST = 2L << 30;

    private Memory() {
    }

    /** System property {@code craft.cacheMegabytes}, else an eighth of the machine's memory, at most 2 GiB. */
    static long cacheBytes() {
        String set = System.getProperty(PROPERTY);
        if (set != null) {
            try {
                return Math.multiplyExact(Long.parseLong(set), 1L << 20);
            } catch (NumberFormatException | ArithmeticException e) {
                throw new InvalidInputException(PROPERTY + " is \"" + set + "\"; give a number of megabytes.", e);
            }
        }
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? Math.min(MOST, system.getTotalMemorySize() / 8) : MOST / 4;
    }
}
