package craft.method.train;

import craft.lm.FloatTensor;
import craft.method.NotFiniteException;
import craft.method.State;
import java.util.ArrayList;
import java.util.List;

/**
 * Which group prompts belong to when nothing is said of their task: each group has a centre in the untouched model's hidden
 * space, the mean over its tasks of their mean prompt state; the nearest one (Euclidean) is taken.
 */
public final class NearestGroup {
    private final List<float[]> centres = new ArrayList<>();
    private final List<Integer> members = new ArrayList<>();

    /**
     * A task has joined a group, or opened the next one.
     *
     * @param group 1-based, at most one more than there are
     * @param state its mean prompt state {@code [d]}
     */
    public void join(int group, float[] state) {
        if (group > centres.size()) {
            centres.add(new float[state.length]);
            members.add(0);
        }
        int n = members.get(group - 1);
        float[] centre = centres.get(group - 1);
        for (int i = 0; i < centre.length; i++) {
            centre[i] = (centre[i] * n + state[i]) / (n + 1);
        }
        members.set(group - 1, n + 1);
    }

    /** The group of a prompt state, 0 while there is none. */
    public int of(float[] state) {
        int nearest = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int g = 0; g < centres.size(); g++) {
            double distance = 0;
            for (int i = 0; i < state.length; i++) {
                distance += Math.pow(state[i] - centres.get(g)[i], 2);
            }
            if (distance < least) {
                least = distance;
                nearest = g + 1;
            }
        }
        if (nearest == 0 && !isEmpty()) {
            throw new NotFiniteException(NotFiniteException.What.STATISTICS, Double.NaN);
        }
        return nearest;
    }

    public boolean isEmpty() {
        return centres.isEmpty();
    }

    public long storedBytes() {
        return Float.BYTES * centres.stream().mapToLong(c -> c.length).sum();
    }

    public void save(State to) {
        to.put("groups", centres.size());
        for (int g = 0; g < centres.size(); g++) {
            State group = to.part(g + 1);
            group.put("centre", new FloatTensor(new long[] {centres.get(g).length}, centres.get(g).clone()));
            group.put("members", members.get(g));
        }
    }

    public void restore(State from) {
        for (int g = 1; g <= from.integer("groups"); g++) {
            centres.add(from.part(g).array("centre").data().clone());
            members.add(from.part(g).integer("members"));
        }
    }
}
