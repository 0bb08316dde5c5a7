package craft.ui.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {
    @ParameterizedTest
    @CsvSource({"0.8381,3,0.838", "-0.0001,3,0.000", "NaN,2,–", "-0.5,1,−0.5"})
    void fixed(double value, int decimals, String text) {
        assertThat(Numbers.fixed(value, decimals)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0.8381,83.8%,+83.8%", "-0.045,−4.5%,−4.5%", "0,0.0%,0.0%", "NaN,–,–"})
    void percent(double value, String plain, String change) {
        assertThat(Numbers.percent(value)).isEqualTo(plain);
        assertThat(Numbers.percentChange(value)).isEqualTo(change);
    }

    @ParameterizedTest
    @CsvSource({"950,950", "999.6,1.0k", "5120,5.1k", "123456,123k", "6513920,6.5M", "NaN,–"})
    void compact(double value, String text) {
        assertThat(Numbers.compact(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"12,12 B", "13100000,13.1 MB", "999600,1.0 MB", "514000000,514 MB"})
    void bytes(long value, String text) {
        assertThat(Numbers.bytes(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"72,1:12", "7420,2:03:40", "0.4,0:00", "NaN,–", "-1,–"})
    void duration(double seconds, String text) {
        assertThat(Numbers.duration(seconds)).isEqualTo(text);
    }
}
