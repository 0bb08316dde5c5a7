package craft.store;

import craft.experiment.DataOptions;
import craft.experiment.EngineOptions;
import craft.experiment.Recipe;
import craft.experiment.Scenario;
import craft.experiment.RunEvent;
import craft.experiment.RunEvent.Stage;
import craft.intervention.InterventionSet;
import craft.intervention.Intervention;
import craft.intervention.Positions;
import craft.intervention.SiteOptions;
import craft.method.TrainingOptions;
import craft.method.craft.CraftOptions;
import craft.task.Score;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A small run: two tasks, one event of every kind. */
final class Samples {
    private Samples() {
    }

    static Recipe recipe(String name) {
        return recipe(name, "/models/tiny", List.of("/tasks/spam", "/tasks/뉴스 topics"));
    }

    static Recipe recipe(String name, String model, List<String> tasks) {
        return new Recipe(name, "A description", model, tasks, 7, Scenario.TIL, EngineOptions.defaults(), SiteOptions.defaults(), TrainingOptions.defaults(),
                DataOptions.defaults(), CraftOptions.defaults());
    }

    static RunEvent.RunStarted started() {
        return new RunEvent.RunStarted("First", "tiny", "CRAFT (this implementation)", 7, List.of(
                new RunEvent.TaskInfo("spam", "spam", "en", List.of("ham", "spam"), 10, 5),
                new RunEvent.TaskInfo("뉴스 topics", "", "ko", List.of("정치", "경제 \"x\"\n"), 10, 5)), 80);
    }

    static RunEvent evaluated(int after, int task, double accuracy) {
        return new RunEvent.TaskEvaluated(after, task, after == 0 ? 0 : 1, task <= after,
                new Score(accuracy, accuracy, Double.NaN, 0.5, 5));
    }

    static RunEvent step(int runStep) {
        return new RunEvent.StepDone(1, Stage.WARM_UP, runStep, 40, runStep, 1.25 / runStep, 0.1 + 1e-17, Double.NaN,
                0.5, 2e-4, 3.5, 12345.678, Double.NaN);
    }

    static List<RunEvent> everyEvent() {
        return List.of(started(), evaluated(0, 1, 0.4), evaluated(0, 2, 0.2), new RunEvent.TaskStarted(1),
                new RunEvent.StageStarted(1, Stage.WARM_UP, 40), step(1), step(2),
                new RunEvent.Validated(1, 2, 0.7, Double.NaN), new RunEvent.RunPaused(), new RunEvent.RunContinued(),
                new RunEvent.CheckpointWritten(2, "000001-step-2"), new RunEvent.RunResumed(11, "000001-step-2"),
                new RunEvent.StageFinished(1, Stage.WARM_UP, 2, "", 1.5),
                new RunEvent.RoutingDecided(1, List.of(), Double.POSITIVE_INFINITY, 0.25, "0.5 * d_0", 0, 1, true),
                new RunEvent.Merged(1, 1, 0.5, "line search", 0.25, 0.4, 0.2),
                new RunEvent.Note("행 3을 건너뜀 \u2028"),
                new RunEvent.TaskFinished(1, 1, 2.5), evaluated(1, 1, 0.9), evaluated(1, 2, 0.3),
                new RunEvent.TaskFinished(2, 1, 2.5), evaluated(2, 1, 0.7), evaluated(2, 2, 0.8),
                new RunEvent.RunInterrupted("Stopped by the user"), new RunEvent.RunFailed("No memory", "a\n\tb"),
                new RunEvent.RunFinished(12.5, 1000, 2056, new RunEvent.Cost(12.5, 1 << 20, 1L << 40, 1e9, 2056, 9000)));
    }

    static InterventionSet set(long seed, int rank, int width, int... layers) {
        Random random = new Random(seed);
        List<Intervention> sites = new ArrayList<>();
        for (int layer : layers) {
            sites.add(Intervention.loReft(layer, rank, width, orthonormal(random, rank, width), normal(random, rank * width),
                    normal(random, rank)));
        }
        return new InterventionSet(Positions.parse("f2+l4"), sites);
    }

    private static float[] normal(Random random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** Rows by Gram-Schmidt in double precision. */
    private static float[] orthonormal(Random random, int rank, int width) {
        double[][] rows = new double[rank][width];
        float[] flat = new float[rank * width];
        for (int i = 0; i < rank; i++) {
            for (int k = 0; k < width; k++) {
                rows[i][k] = random.nextGaussian();
            }
            for (int j = 0; j < i; j++) {
                double dot = dot(rows[i], rows[j]);
                for (int k = 0; k < width; k++) {
                    rows[i][k] -= dot * rows[j][k];
                }
            }
            double norm = Math.sqrt(dot(rows[i], rows[i]));
            for (int k = 0; k < width; k++) {
                rows[i][k] /= norm;
                flat[i * width + k] = (float) rows[i][k];
            }
        }
        return flat;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += a[k] * b[k];
        }
        return sum;
    }
}
