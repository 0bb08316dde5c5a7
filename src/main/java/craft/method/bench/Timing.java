package craft.method.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How often something is measured: some runs to warm up, then repetitions, of which the median counts.
 *
 * @param seconds no further repetition is begun after so many seconds of them; one is always made
 */
public record Timing(int warmUps, int repetitions, double seconds) {
    public Timing {
        if (warmUps < 0 || repetitions < 1 || !(seconds >= 0)) {
            throw new IllegalArgumentException(warmUps + " warm-ups, " + repetitions + " repetitions, " + seconds + " s");
        }
    }

    /** @return median seconds of one run */
    double median(Runnable work) {
        return laps(List.of(new Load(work, 1))).get(0);
    }

    /** @param runs how often it is run in each repetition */
    record Load(Runnable work, int runs) {
    }

    /**
     * Measures several things in turn, so that what else goes on in the machine meets all of them alike.
     *
     * @return for each the median seconds of one run
     */
    List<Double> laps(List<Load> loads) {
        for (Load load : loads) {
            for (int i = 0; i < warmUps; i++) {
                load.work.run();
            }
        }
        List<List<Double>> laps = new ArrayList<>();
        loads.forEach(load -> laps.add(new ArrayList<>()));
        double spent = 0;
        for (int repetition = 0; repetition < repetitions && (repetition == 0 || spent < seconds); repetition++) {
            for (int i = 0; i < loads.size(); i++) {
                for (int run = 0; run < loads.get(i).runs; run++) {
                    double lap = seconds(loads.get(i).work);
                    laps.get(i).add(lap);
                    spent += lap;
                }
            }
        }
        return laps.stream().map(Timing::medianOf).toList();
    }

    static double seconds(Runnable work) {
        long begin = System.nanoTime();
        work.run();
        return (System.nanoTime() - begin) / 1e9;
    }

    static double medianOf(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        int n = sorted.size();
        return (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
    }
}
