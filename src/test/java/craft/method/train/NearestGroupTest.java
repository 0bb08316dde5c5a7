package craft.method.train;

import static org.assertj.core.api.Assertions.assertThat;

import craft.method.State;
import org.junit.jupiter.api.Test;

class NearestGroupTest {
    @Test
    void theNearestCentreIsTakenAndAJoiningTaskMovesIt() {
        NearestGroup groups = new NearestGroup();
        assertThat(groups.isEmpty()).isTrue();
        assertThat(groups.of(new float[] {1, 1})).isZero();
        groups.join(1, new float[] {0, 0});
        groups.join(2, new float[] {10, 0});
        assertThat(groups.of(new float[] {4.9f, 0})).isEqualTo(1);
        assertThat(groups.of(new float[] {5.1f, 0})).isEqualTo(2);
        groups.join(1, new float[] {8, 0}); // the centre of group 1 is now (4, 0)
        assertThat(groups.of(new float[] {6.9f, 0})).isEqualTo(1);
        assertThat(groups.storedBytes()).isEqualTo(2 * 2 * Float.BYTES);
        State state = new State();
        groups.save(state);
        NearestGroup other = new NearestGroup();
        other.restore(new State(state.arrays(), state.values()));
        other.join(1, new float[] {1, 0}); // (3, 0), as the third member
        assertThat(other.of(new float[] {6.4f, 0})).isEqualTo(1);
        assertThat(other.of(new float[] {6.6f, 0})).isEqualTo(2);
    }
}
