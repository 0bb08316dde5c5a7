package craft.experiment;

import java.lang.management.ManagementFactory;

/** How much memory the engine may keep for prefilled prompts where the recipe does not say. */
final class Memory {
    private static final long MOST = 2L << 30;

    private Memory() {
    }

    /** An eighth of the machine's memory, at most 2 GiB. */
    static long cacheBytes() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? Math.min(MOST, system.getTotalMemorySize() / 8) : MOST / 4;
    }
}
