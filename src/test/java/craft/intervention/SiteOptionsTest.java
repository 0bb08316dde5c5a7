package craft.intervention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import craft.error.InvalidInputException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SiteOptionsTest {
    private static SiteOptions layers(String layers) {
        return new SiteOptions(layers, "l4", 8, false);
    }

    private static SiteOptions rank(int rank) {
        return new SiteOptions("all", "l4", rank, false);
    }

    @Test
    void layersAscendWhateverTheirOrder() {
        assertThat(layers("all").layersOf(3)).containsExactly(0, 1, 2);
        assertThat(layers(" ALL ").layersOf(2)).containsExactly(0, 1);
        assertThat(layers("3,1,3").layersOf(5)).containsExactly(1, 3);
        assertThat(layers("2-4, 0").layersOf(5)).containsExactly(0, 2, 3, 4);
        assertThat(layers("4-4").layersOf(5)).containsExactly(4);
    }

    @Test
    void layersThatDoNotExistAreRefused() {
        for (String text : List.of("5", "0,5", "3-5")) {
            assertThatThrownBy(() -> layers(text).layersOf(5)).as(text).isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("sites.layers").hasMessageContaining("layer 5")
                    .hasMessageContaining("layers 0 to 4");
        }
    }

    @Test
    void layersThatAreNotUnderstoodAreRefused() {
        for (String text : List.of("", "every", "1;2", "-1", "1-", "1,,2", "1.5", "12345678")) {
            assertThatThrownBy(() -> layers(text).layersOf(5)).as(text).isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("sites.layers is \"" + text + "\"").hasMessageContaining("0-4");
        }
    }

    @Test
    void aRankThatNoRotationCanHaveIsRefused() {
        for (int rank : new int[] {0, -1, 65}) {
            assertThatThrownBy(() -> rank(rank).check(64)).isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("sites.rank is " + rank).hasMessageContaining("hidden size, 64");
        }
        assertThatCode(() -> rank(64).check(64)).doesNotThrowAnyException();
        assertThatCode(() -> SiteOptions.defaults().check(64)).doesNotThrowAnyException();
    }

    @Test
    void positionsAreChecked() {
        assertThatThrownBy(() -> new SiteOptions("all", "somewhere", 8, false).check(64))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("somewhere");
    }
}
