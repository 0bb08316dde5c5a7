package craft.experiment.study;

import craft.method.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One order in which the base recipe's tasks are learnt.
 *
 * @param positions a permutation of 1..T: the base recipe's number of the first task learnt, of the second, ...
 */
public record TaskOrder(List<Integer> positions) {
    public TaskOrder {
        positions = List.copyOf(positions);
        if (!positions.stream().sorted().toList().equals(asGiven(positions.size()))) {
            throw new IllegalArgumentException(positions + " is no order of " + positions.size() + " tasks");
        }
    }

    private static List<Integer> asGiven(int tasks) {
        return IntStream.rangeClosed(1, tasks).boxed().toList();
    }

    /** The base recipe's own order. */
    static TaskOrder ofBase(int tasks) {
        return new TaskOrder(asGiven(tasks));
    }

    /** How many orders there are of so many tasks, T!, as far as an int goes. */
    static int count(int tasks) {
        long count = 1;
        for (int i = 2; i <= tasks && count <= Integer.MAX_VALUE; i++) {
            count *= i;
        }
        return (int) Math.min(count, Integer.MAX_VALUE);
    }

    /**
     * Different orders drawn without preference, the same for the same seed everywhere.
     *
     * @param wanted at most {@link #count}
     */
    static List<TaskOrder> random(int tasks, int wanted, long seed) {
        Random random = Seeds.random(seed, "orders", 0);
        Set<TaskOrder> drawn = new LinkedHashSet<>();
        while (drawn.size() < wanted) {
            List<Integer> positions = new ArrayList<>(asGiven(tasks));
            Collections.shuffle(positions, random);
            drawn.add(new TaskOrder(positions));
        }
        return List.copyOf(drawn);
    }

    /** The base's tasks in this order. */
    <T> List<T> of(List<T> base) {
        return positions.stream().map(p -> base.get(p - 1)).collect(Collectors.toUnmodifiableList());
    }
}
