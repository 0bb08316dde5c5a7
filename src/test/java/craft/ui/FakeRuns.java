package craft.ui;

import craft.error.InvalidInputException;
import craft.experiment.Recipe;
import craft.experiment.RunControl;
import craft.experiment.RunEvent;
import craft.experiment.RunListener;
import craft.experiment.RunState;
import craft.store.ExportFormat;
import craft.store.RunSummary;
import craft.task.Prediction;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Runs that come from {@link SampleRun} instead of a disk and an engine. The test plays the service thread. */
public class FakeRuns implements Runs {
    public static final Path ROOT = Path.of("/home/researcher/craft-runs");

    public final List<RunSummary> summaries = new ArrayList<>();
    public final List<String> commands = new ArrayList<>();
    public RuntimeException failure;
    /** The recipe of runs that are opened. */
    public Recipe recipe = recipe();
    /** What became of the finished one. */
    public List<RunEvent> finished = SampleRun.finished();
    private final CountDownLatch ended = new CountDownLatch(1);
    private RunListener listener;

    /** Four runs: finished, interrupted, failed, unreadable. */
    public static FakeRuns some() {
        FakeRuns runs = new FakeRuns();
        runs.summaries.add(summary("quickstart-3", "Quickstart", 3, RunState.Status.INTERRUPTED, 2, Double.NaN,
                Double.NaN, ""));
        runs.summaries.add(summary("quickstart-2", "Quickstart", 2, RunState.Status.FINISHED, 5, 0.8432, 0.0312, ""));
        runs.summaries.add(summary("korean-1", "Korean", 1, RunState.Status.FAILED, 0, Double.NaN, Double.NaN, ""));
        runs.summaries.add(summary("broken", "broken", 0, RunState.Status.INTERRUPTED, 0, Double.NaN, Double.NaN,
                "run.json cannot be read: unexpected end of file. Restore it from a copy, or remove the folder."));
        return runs;
    }

    private static RunSummary summary(String folder, String name, long seed, RunState.Status status, int finished,
            double op,
            double forgetting, String problem) {
        return new RunSummary(ROOT.resolve(folder), name, "CRAFT (this implementation)", seed,
                Instant.parse("2026-11-2" + seed + "T09:30:00Z"), status, 5, finished, op, forgetting, problem);
    }

    /** Delivers an event of the run that was prepared last, as its service thread would. */
    public void emit(RunEvent event) {
        listener.onEvent(event);
        if (event instanceof RunEvent.RunFinished || event instanceof RunEvent.RunInterrupted
                || event instanceof RunEvent.RunFailed) {
            ended.countDown();
        }
    }

    @Override
    public Path root() {
        return ROOT;
    }

    @Override
    public List<RunSummary> list() {
        if (failure != null) {
            throw failure;
        }
        return List.copyOf(summaries);
    }

    @Override
    public Opened open(Path folder) {
        RunSummary run = summaries.stream().filter(s -> s.folder().equals(folder)).findFirst().orElseThrow();
        if (!run.problem().isEmpty()) {
            throw new InvalidInputException(run.problem());
        }
        return new Opened(folder, recipe, SampleRun.fold(switch (run.status()) {
            case FINISHED -> finished;
            case INTERRUPTED -> SampleRun.interrupted();
            default -> List.of(SampleRun.finished().get(0), new RunEvent.RunFailed("The model cannot be read.",
                    "at craft.lm"));
        }), run.tasksFinished() > 0, List.of());
    }

    public static Recipe recipe() {
        return new FileInputs().defaults("Quickstart", "bundled:seedling",
                List.of("/tasks/sms-spam", "/tasks/mail-spam"));
    }

    @Override
    public List<Prediction> predictions(Path folder, int after, int task) {
        String[] texts = {"Free entry in a weekly competition! Text WIN to 80086 now.",
                "are you coming to the lab tomorrow",
                "URGENT! Your mobile number has won a prize", "오늘 저녁에 회의가 있습니다", "ok see you at seven then"};
        List<Prediction> predictions = new ArrayList<>();
        for (int row = 1; row <= 20; row++) {
            String expected = row % 2 == 1 ? "spam" : "ham";
            boolean right = (row + after - task) % 7 != 0;
            predictions.add(new Prediction(row, texts[row % texts.length], expected,
                    right ? expected : expected.equals("spam") ? "ham" : "spam", null, right ? 1 : 0));
        }
        return predictions;
    }

    @Override
    public Prepared prepare(Recipe recipe, RunListener theListener) {
        if (failure != null) {
            throw failure;
        }
        listener = theListener;
        return new Prepared(ROOT.resolve("new"), new RunControl() {
            @Override
            public void start() {
                commands.add("start");
            }

            @Override
            public void pause() {
                commands.add("pause");
            }

            @Override
            public void resume() {
                commands.add("resume");
            }

            @Override
            public void stop() {
                commands.add("stop");
            }

            @Override
            public boolean running() {
                return ended.getCount() > 0;
            }

            @Override
            public void await() throws InterruptedException {
                ended.await();
            }
        });
    }

    @Override
    public Prepared resume(Path folder, RunListener theListener) {
        commands.add("resume " + folder.getFileName());
        return prepare(recipe(), theListener);
    }

    @Override
    public List<Path> export(Path folder, Path target, ExportFormat format) {
        if (failure != null) {
            throw failure;
        }
        return List.of(target.resolve("adapters.safetensors"), target.resolve("adapters.json"));
    }
}
