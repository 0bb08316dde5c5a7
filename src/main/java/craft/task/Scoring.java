package craft.task;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Scores of answered test rows. */
public final class Scoring {
    private Scoring() {
    }

    /**
     * @param task the task the rows belong to; it says whether answers were chosen among labels or generated
     * @param predictions at least one
     * @return accuracy = mean of the rows' scores; balanced accuracy = mean over the labels that occur of the share
     *     answered right (mean recall), NaN for a generation task; union accuracy NaN unless every row has an answer
     *     among all labels
     */
    public static Score score(Task task, List<Prediction> predictions) {
        return score(task.classification(), predictions);
    }

    /** The same, told directly whether answers were chosen among labels. */
    public static Score score(boolean classification, List<Prediction> predictions) {
        if (predictions.isEmpty()) {
            throw new IllegalArgumentException("No rows to score");
        }
        int rows = predictions.size();
        double sum = 0;
        int unionRight = 0;
        boolean unionAsked = true;
        Map<String, int[]> rightAndAll = new HashMap<>();
        for (Prediction p : predictions) {
            sum += p.score();
            if (p.predictedUnion() == null) {
                unionAsked = false;
            } else if (right(p.expected(), p.predictedUnion()) == 1) {
                unionRight++;
            }
            int[] counts = rightAndAll.computeIfAbsent(p.expected(), k -> new int[2]);
            counts[0] += (int) right(p.expected(), p.predicted());
            counts[1]++;
        }
        int most = rightAndAll.values().stream().mapToInt(c -> c[1]).max().orElseThrow();
        // Sorted, so that the sum does not depend on the order of a hash table.
        double balanced = rightAndAll.values().stream().mapToDouble(c -> (double) c[0] / c[1]).sorted().average()
                .orElseThrow();
        return new Score(sum / rows, classification ? balanced : Double.NaN,
                unionAsked ? (double) unionRight / rows : Double.NaN, (double) most / rows, rows);
    }

    /** Score of one row by exact match, spaces around it apart: 1 or 0. */
    public static double right(String expected, String predicted) {
        return expected.strip().equals(predicted.strip()) ? 1 : 0;
    }
}
