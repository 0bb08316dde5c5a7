package craft.lm;

import com.sun.jna.Function;
import com.sun.jna.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which code MKL, PyTorch's matrix library on x86, computes with. Left alone it chooses by the alignment of memory, which
 * differs from one run to the next, so that two equal runs differ in their last bits. In its strict reproducible mode it does
 * not; that mode has to be named in the environment before the library is loaded, with a code branch that the processor has
 * (Intel oneMKL Developer Guide, "Obtaining Numerically Reproducible Results"). {@code COMPATIBLE} is not strict and does not
 * help.
 */
public final class MklMode {
    /** The variable of the environment that MKL reads. */
    static final String VARIABLE = "MKL_CBWR";
    /** How a user limits the instructions that MKL may use; a branch beyond them would not be taken. */
    private static final String LIMIT = "MKL_ENABLE_INSTRUCTIONS";
    private static final Path LINUX_PROCESSORS = Path.of("/proc/cpuinfo");
    /** What MKL's AVX-512 branch needs of a processor, by Linux's names. */
    private static final Set<String> AVX512 = Set.of("avx512f", "avx512cd", "avx512dq", "avx512bw", "avx512vl");
    private static final int WINDOWS_AVX2 = 40; // PF_AVX2_INSTRUCTIONS_AVAILABLE
    private static final int WINDOWS_AVX512 = 41; // PF_AVX512F_INSTRUCTIONS_AVAILABLE

    private MklMode() {
    }

    /**
     * What this process computes with, for example {@code AVX512,STRICT}: what the user has set, otherwise what is chosen for this
     * processor; empty where there is no such mode (a processor without AVX2, or one that MKL does not run on).
     */
    public static String inForce() {
        String set = System.getenv(VARIABLE);
        return set == null ? Choice.OF_THIS_MACHINE : set;
    }

    /** @param environment the process's; @param features of the processor, by Linux's names */
    static String choose(Map<String, String> environment, Set<String> features) {
        String limit = environment.getOrDefault(LIMIT, "").toUpperCase(Locale.ROOT);
        boolean toAvx2 = limit.equals("AVX2");
        boolean below = limit.equals("AVX") || limit.startsWith("SSE");
        if (!toAvx2 && !below && features.containsAll(AVX512)) {
            return "AVX512,STRICT";
        }
        return !below && features.contains("avx2") ? "AVX2,STRICT" : "";
    }

    /** @param processors the text of Linux's /proc/cpuinfo */
    static Set<String> features(List<String> processors) {
        return processors.stream().filter(line -> line.startsWith("flags")).findFirst()
                .map(line -> Stream.of(line.substring(line.indexOf(':') + 1).strip().split("\\s+")).collect(Collectors.toSet()))
                .orElse(Set.of());
    }

    /** Looked up once: the environment and the processor stay. */
    private static final class Choice {
        static final String OF_THIS_MACHINE = choose(System.getenv(), ofThisMachine());

        private static Set<String> ofThisMachine() {
            if (Platform.isWindows()) {
                return ofWindows();
            }
            try {
                return Files.exists(LINUX_PROCESSORS) ? features(Files.readAllLines(LINUX_PROCESSORS)) : Set.of();
            } catch (IOException e) { // a system that hides its processors: as without
                return Set.of();
            }
        }

        private static Set<String> ofWindows() {
            if (present(WINDOWS_AVX512) && present(WINDOWS_AVX2)) {
                return Stream.concat(AVX512.stream(), Stream.of("avx2"))
                        .collect(Collectors.toUnmodifiableSet());
            }
            return present(WINDOWS_AVX2) ? Set.of("avx2") : Set.of();
        }

        private static boolean present(int feature) {
            return Function.getFunction("kernel32", "IsProcessorFeaturePresent")
                    .invokeInt(new Object[] {feature}) != 0;
        }
    }
}
