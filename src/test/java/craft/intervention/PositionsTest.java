package craft.intervention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.error.InvalidInputException;
import java.util.List;
import org.junit.jupiter.api.Test;

class PositionsTest {
    @Test
    void readsFirstAndLast() {
        assertThat(Positions.parse("f2+l3")).isEqualTo(new Positions(2, 3));
        assertThat(Positions.parse(" l16 ")).isEqualTo(new Positions(0, 16));
        assertThat(Positions.parse("f3")).isEqualTo(new Positions(3, 0));
        assertThat(Positions.parse("f0+l4")).isEqualTo(new Positions(0, 4));
    }

    @Test
    void isWrittenAsItIsRead() {
        for (String text : List.of("f2+l3", "l16", "f3")) {
            assertThat(Positions.parse(text)).hasToString(text);
        }
    }

    @Test
    void neverTakesMoreThanHalfThePromptFromEachEnd() {
        Positions positions = Positions.parse("f2+l3");
        // length, first, last
        int[][] expected = {{1, 0, 0}, {2, 1, 1}, {3, 1, 1}, {4, 2, 2}, {5, 2, 2}, {6, 2, 3}, {100, 2, 3}};
        for (int[] e : expected) {
            assertThat(positions.firstOf(e[0])).as("first of " + e[0]).isEqualTo(e[1]);
            assertThat(positions.lastOf(e[0])).as("last of " + e[0]).isEqualTo(e[2]);
        }
    }

    @Test
    void everythingBeforeTheFirstEditedTokenIsFrozen() {
        assertThat(Positions.parse("f2+l3").start(10)).isZero();
        assertThat(Positions.parse("l3").start(10)).isEqualTo(7);
        assertThat(Positions.parse("l8").start(10)).isEqualTo(5);
        assertThat(Positions.parse("f1").start(1)).isEqualTo(1); // nothing is edited
        assertThat(Positions.parse("l1").start(1)).isEqualTo(1);
    }

    @Test
    void whatIsNotUnderstoodIsRefusedByName() {
        for (String text : List.of("", "  ", "all", "l", "f", "+", "l-1", "l1.5", "l3+f2", "f2 + l3", "l1234567",
                "f1+f2", "l16x")) {
            assertThatThrownBy(() -> Positions.parse(text)).as(text).isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("\"" + text + "\"").hasMessageContaining("f2+l4");
        }
    }

    @Test
    void noTokenAtAllIsRefused() {
        for (String text : List.of("l0", "f0", "f0+l0")) {
            assertThatThrownBy(() -> Positions.parse(text)).as(text).isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("at least one prompt token");
        }
        assertThatThrownBy(() -> new Positions(-1, 3)).isInstanceOf(InvalidInputException.class);
    }
}
