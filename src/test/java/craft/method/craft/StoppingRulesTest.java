package craft.method.craft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import craft.lm.CausalLm.Direction;
import craft.method.craft.CraftOptions.LambdaRule;
import craft.method.craft.CraftOptions.Start;
import craft.method.craft.CraftOptions.Tuning;
import org.junit.jupiter.api.Test;

class StoppingRulesTest {
    private static StoppingRules rules(double epsilon, double settleDelta, int settleChecks, int checkEvery) {
        return new StoppingRules(new Tuning(0.5, LambdaRule.FIXED, 0.1, Direction.FORWARD, 1, Start.GROUP, false, epsilon, settleDelta, settleChecks, checkEvery));
    }

    @Test
    void theAverageIsOverTheLastStepsOnly() {
        StoppingRules rules = rules(0, 0, 1, 3);
        for (double kl : new double[] {9, 1, 2, 3}) {
            rules.step(kl);
        }
        assertThat(rules.klAverage()).isCloseTo(2, within(1e-12));
    }

    @Test
    void theBudgetNeedsAFullWindowAboveEpsilon() {
        StoppingRules rules = rules(0.5, 0, 1, 3);
        rules.step(5);
        rules.step(5);
        assertThat(rules.overBudget()).isFalse();
        rules.step(0.1);
        assertThat(rules.overBudget()).isTrue();
        rules.step(0.1);
        rules.step(0.1);
        assertThat(rules.overBudget()).isFalse();
    }

    @Test
    void withoutABudgetOrADivergenceNothingIsOverIt() {
        StoppingRules none = rules(0, 0, 1, 1);
        none.step(1e6);
        assertThat(none.overBudget()).isFalse();
        StoppingRules noDivergence = rules(0.5, 0.1, 1, 1);
        noDivergence.step(Double.NaN);
        assertThat(noDivergence.overBudget()).isFalse();
        assertThat(noDivergence.settled(1)).isFalse();
        assertThat(noDivergence.settled(1)).isFalse();
    }

    @Test
    void settledNeedsAStillDivergenceAndNoBetterValidationSeveralTimesInARow() {
        StoppingRules rules = rules(0, 0.1, 2, 1);
        double[][] checks = {{1.0, 2.0}, {1.01, 2.1}, {1.02, 1.9}, {1.02, 1.95}, {1.03, 1.95}};
        boolean[] settled = new boolean[checks.length];
        for (int i = 0; i < checks.length; i++) {
            rules.step(checks[i][0]);
            settled[i] = rules.settled(checks[i][1]);
        }
        // the second check is quiet, the third improved and breaks the row, the last two make it
        assertThat(settled).containsExactly(false, false, false, false, true);
    }

    @Test
    void aMovingDivergenceIsNotSettled() {
        StoppingRules rules = rules(0, 0.1, 1, 1);
        for (double kl : new double[] {1, 2, 4}) {
            rules.step(kl);
            assertThat(rules.settled(1)).isFalse();
        }
    }
}
