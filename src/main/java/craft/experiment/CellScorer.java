package craft.experiment;

import craft.method.ContinualMethod;
import craft.task.Answered;
import craft.task.Score;
import craft.task.Scoring;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Scores one task under the recipe's {@link Scenario}, which decides which labels may be chosen and who answers a row: the
 * group that the task table names, or the one that the method infers from the row alone. Where the task is known, the last row
 * of the matrix tells what knowing it is worth: it is scored with inferred groups, too.
 */
final class CellScorer {
    /** Rows whose group is inferred between two looks at the gate. */
    private static final int INFERRED = 64;

    private final Recipe recipe;
    private final Evaluator evaluator;
    private final ContinualMethod method;
    private final Runnable gate;
    private final int tasks;

    /** @param tasks how many tasks the run has; @param gate blocks while paused, throws when the run is stopped */
    CellScorer(Recipe recipe, Evaluator evaluator, ContinualMethod method, int tasks, Runnable gate) {
        this.recipe = recipe;
        this.evaluator = evaluator;
        this.method = method;
        this.tasks = tasks;
        this.gate = gate;
    }

    /**
     * @param group the group that answered, of several the one of most rows
     * @param groupKnown whether the task table named it
     * @param answers one a test row
     */
    record Cell(int group, boolean groupKnown, List<Answered> answers, Score score) {
    }

    /** @param after number of tasks learnt */
    Cell score(EncodedTask task, int after) {
        return recipe.scenario() == Scenario.TIL ? told(task, after) : untold(task, after);
    }

    private List<String> union(int after) {
        return after == tasks && recipe.data().unionScores() ? evaluator.allLabels() : List.of();
    }

    private Cell told(EncodedTask task, int after) {
        int index = task.training().index();
        boolean learnt = index <= after;
        int group = learnt ? method.groupOf(index) : method.nearestGroup(task.test());
        int[] groups = new int[task.test().size()];
        Arrays.fill(groups, group);
        List<String> labels = task.task().labels();
        List<Answered> answers = evaluator.answer(task, method, groups, labels, union(after));
        Score score = Scoring.score(task.task(), answers);
        if (after == tasks) {
            int[] inferred = infer(task);
            int[] others = Arrays.stream(inferred).map(g -> g == group ? -1 : g).toArray();
            List<Answered> free = new ArrayList<>(evaluator.answer(task, method, others, labels, List.of()));
            for (int i = 0; i < others.length; i++) {
                if (others[i] < 0) {
                    free.set(i, answers.get(i)); // the same group has answered it
                }
            }
            score = score.withInference(task.task().metric().of(free), share(inferred, group));
        }
        return new Cell(group, learnt, answers, score);
    }

    private Cell untold(EncodedTask task, int after) {
        int index = task.training().index();
        int[] groups = infer(task);
        List<String> labels = recipe.scenario() == Scenario.CIL ? evaluator.labelsSeen(task, after)
                : task.task().labels();
        List<Answered> answers = evaluator.answer(task, method, groups, labels, union(after));
        Score score = Scoring.score(task.task(), answers);
        if (index <= after) {
            score = score.withInference(Double.NaN, share(groups, method.groupOf(index)));
        }
        return new Cell(mostFrequent(groups), false, answers, score);
    }

    private int[] infer(EncodedTask task) {
        int[] groups = new int[task.test().size()];
        for (int from = 0; from < groups.length; from += INFERRED) {
            gate.run();
            int to = Math.min(from + INFERRED, groups.length);
            System.arraycopy(method.groupsOf(task.test().subList(from, to)), 0, groups, from, to - from);
        }
        return groups;
    }

    private static double share(int[] groups, int right) {
        return (double) Arrays.stream(groups).filter(g -> g == right).count() / groups.length;
    }

    /** The first opened of equals. */
    private static int mostFrequent(int[] groups) {
        int[] counts = new int[Arrays.stream(groups).max().orElse(0) + 1];
        int best = 0;
        for (int group : groups) {
            counts[group]++;
        }
        for (int g = 1; g < counts.length; g++) {
            best = counts[g] > counts[best] ? g : best;
        }
        return best;
    }
}
