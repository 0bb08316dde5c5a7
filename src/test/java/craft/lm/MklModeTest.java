package craft.lm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MklModeTest {
    private static final Set<String> WITH_AVX512 = Set.of("fpu", "avx", "avx2", "avx512f", "avx512cd", "avx512dq", "avx512bw", "avx512vl");

    @Test
    void takesTheWidestBranchThatTheProcessorHas() {
        assertThat(MklMode.choose(Map.of(), WITH_AVX512)).isEqualTo("AVX512,STRICT");
        assertThat(MklMode.choose(Map.of(), Set.of("avx", "avx2"))).isEqualTo("AVX2,STRICT");
        assertThat(MklMode.choose(Map.of(), Set.of("sse2", "avx"))).isEmpty();
        assertThat(MklMode.choose(Map.of(), Set.of())).isEmpty();
        for (String part : List.of("avx512f", "avx512cd", "avx512dq", "avx512bw", "avx512vl")) {
            Set<String> without = new HashSet<>(WITH_AVX512);
            without.remove(part);
            assertThat(MklMode.choose(Map.of(), without)).as("without " + part).isEqualTo("AVX2,STRICT");
        }
    }

    @Test
    void keepsWithinWhatTheUserLetsTheLibraryUse() {
        assertThat(MklMode.choose(Map.of("MKL_ENABLE_INSTRUCTIONS", "AVX2"), WITH_AVX512)).isEqualTo("AVX2,STRICT");
        assertThat(MklMode.choose(Map.of("MKL_ENABLE_INSTRUCTIONS", "avx512"), WITH_AVX512)).isEqualTo("AVX512,STRICT");
        assertThat(MklMode.choose(Map.of("MKL_ENABLE_INSTRUCTIONS", "AVX"), WITH_AVX512)).isEmpty();
        assertThat(MklMode.choose(Map.of("MKL_ENABLE_INSTRUCTIONS", "SSE4_2"), WITH_AVX512)).isEmpty();
    }

    @Test
    void readsTheFeaturesOfTheFirstProcessor() {
        assertThat(MklMode.features(List.of("processor\t: 0", "flags\t\t: fpu avx2  avx512f", "", "processor\t: 1", "flags\t\t: fpu")))
                .containsExactlyInAnyOrder("fpu", "avx2", "avx512f");
        assertThat(MklMode.features(List.of("Processor: ARM"))).isEmpty();
    }

    @Test
    void whatTheUserHasSetStays() {
        String set = System.getenv("MKL_CBWR");
        assertThat(MklMode.inForce()).isEqualTo(set == null ? MklMode.choose(System.getenv(), ofThisMachine()) : set);
    }

    private static Set<String> ofThisMachine() {
        try {
            return MklMode.features(Files.readAllLines(Path.of("/proc/cpuinfo")));
        } catch (IOException e) {
            return Set.of();
        }
    }
}
