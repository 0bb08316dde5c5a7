package craft.method;

import java.util.Random;

/** Independent streams of chance from one seed: each use names itself, so that none moves another. */
public final class Seeds {
    private Seeds() {
    }

    /** @param index task, epoch or the like */
    public static Random random(long seed, String use, int index) {
        long h = mix(seed ^ mix(use.hashCode()) ^ mix(0x9E3779B97F4A7C15L * (index + 1L)));
        return new Random(h);
    }

    /** SplitMix64's finaliser (Steele et al. 2014). */
    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
        return b ^ (b >>> 31);
    }
}
