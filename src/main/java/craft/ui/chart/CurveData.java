package craft.ui.chart;

import craft.experiment.RunEvent.Stage;
import craft.experiment.RunEvent.StepDone;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The steps of a run as columns of numbers, raw and smoothed. Only ever appended to, so a snapshot may be read on
 * another thread while this goes on.
 */
final class CurveData {
    /** Steps {@code [from, to)} of one stage of one task. */
    record Segment(int task, Stage stage, int from, int to) {
    }

    /**
     * @param step runStep of each step, ascending; the other columns belong to it, NaN where there is no value
     * @param size entries that count; the arrays may be longer
     */
    record Snapshot(double[] step, double[] crossEntropy, double[] kl, double[] smoothCrossEntropy, double[] smoothKl,
            int size, List<Segment> segments) {

        /** First runStep of a task less 1, so that its own steps start at 1. */
        double origin(int task) {
            for (Segment s : segments) {
                if (s.task() == task) {
                    return step[s.from()] - 1;
                }
            }
            return 0;
        }

        /** Index of the entry nearest to that runStep, -1 when there is none. */
        int nearest(double runStep) {
            if (size == 0) {
                return -1;
            }
            int at = Arrays.binarySearch(step, 0, size, runStep);
            if (at >= 0) {
                return at;
            }
            int after = Math.min(-at - 1, size - 1);
            return after > 0 && runStep - step[after - 1] < step[after] - runStep ? after - 1 : after;
        }

        Segment segmentOf(int index) {
            for (Segment s : segments) {
                if (index >= s.from() && index < s.to()) {
                    return s;
                }
            }
            throw new IndexOutOfBoundsException(index);
        }
    }

    private double[] step = new double[512];
    private double[] crossEntropy = new double[512];
    private double[] kl = new double[512];
    private double[] smoothCrossEntropy = new double[512];
    private double[] smoothKl = new double[512];
    private int size;
    private final List<Segment> segments = new ArrayList<>();
    private Smoother lossSmoother = new Smoother(0);
    private Smoother klSmoother = new Smoother(0);

    int size() {
        return size;
    }

    void add(StepDone s) {
        if (size == step.length) {
            int more = size * 2;
            step = Arrays.copyOf(step, more);
            crossEntropy = Arrays.copyOf(crossEntropy, more);
            kl = Arrays.copyOf(kl, more);
            smoothCrossEntropy = Arrays.copyOf(smoothCrossEntropy, more);
            smoothKl = Arrays.copyOf(smoothKl, more);
        }
        Segment last = segments.isEmpty() ? null : segments.get(segments.size() - 1);
        if (last == null || last.task() != s.task() || last.stage() != s.stage()) {
            lossSmoother = new Smoother(memory(s.plannedSteps()));
            klSmoother = new Smoother(memory(s.plannedSteps()));
            segments.add(new Segment(s.task(), s.stage(), size, size + 1));
        } else {
            segments.set(segments.size() - 1, new Segment(s.task(), s.stage(), last.from(), size + 1));
        }
        step[size] = s.runStep();
        crossEntropy[size] = s.crossEntropy();
        kl[size] = s.kl();
        smoothCrossEntropy[size] = lossSmoother.next(s.crossEntropy());
        smoothKl[size] = klSmoother.next(s.kl());
        size++;
    }

    /** Weight of the past in a smoothed line: it spans about a 25th of the stage, 4 to 40 steps. */
    static double memory(int plannedSteps) {
        return 1 - 1 / Math.max(4, Math.min(40, plannedSteps / 25.0));
    }

    Snapshot snapshot() {
        return new Snapshot(step, crossEntropy, kl, smoothCrossEntropy, smoothKl, size, List.copyOf(segments));
    }
}
