package craft.experiment;

import craft.error.InvalidInputException;
import craft.error.Messages;
import craft.lm.CausalLm;
import craft.lm.TorchThread;
import craft.method.Monitor;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs one recipe on the service thread, the only thread that computes, so that a window never waits. A run that is started
 * while another one computes waits for its end. Ends with exactly one of {@link RunEvent.RunFinished},
 * {@link RunEvent.RunInterrupted} and {@link RunEvent.RunFailed}.
 */
public final class ExperimentRunner implements RunControl {
    private static final String STOPPED = "Stopped by the user.";
    private static final String RESUME = " Resume the run to go on.";
    /**
     * One thread for all runs of a process, one run after the other. Native memory belongs to the thread that asked for it: with a
     * thread a run, every further run's weights came out of an arena of their own, and the process grew by a model a run.
     */
    private static final Executor COMPUTE = Executors.newSingleThreadExecutor(run -> {
        Thread thread = new Thread(run, "craft-run");
        thread.setDaemon(true);
        return thread;
    });

    private final Recipe recipe;
    private final RunListener listener;
    private final RunArtifacts artifacts;
    private final Gate gate = new Gate();
    private final AtomicBoolean started = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);

    public ExperimentRunner(Recipe recipe, RunListener listener, RunArtifacts artifacts) {
        this.recipe = recipe;
        this.listener = listener;
        this.artifacts = artifacts;
    }

    @Override
    public void start() {
        if (started.compareAndSet(false, true)) {
            COMPUTE.execute(this::run);
        }
    }

    private void run() {
        try {
            end(outcome());
        } finally {
            ended.countDown();
        }
    }

    /** An end that cannot be recorded, as on a disk that is full by now, is a failure, which is heard even unrecorded. */
    private void end(RunEvent end) {
        try {
            listener.onEvent(end);
        } catch (NotRecordedException e) {
            listener.onEvent(RunEvent.RunFailed.unrecorded(e));
        }
    }

    /** Everything but the last event, which is returned once all native memory is released. */
    private RunEvent outcome() {
        try {
            if (artifacts.resumed().isEmpty()) {
                listener.onEvent(new RunEvent.StageStarted(0, RunEvent.Stage.PREPARE, 0));
            }
            TorchThread.prepare();
            recipe.check();
            try (CausalLm model = CausalLm.load(BaseModels.folder(recipe.model()), recipe.engine().settings())) {
                return new TaskSequence(recipe, model, listener, artifacts, gate).run();
            }
        } catch (Monitor.Stopped e) {
            return new RunEvent.RunInterrupted(STOPPED + RESUME);
        } catch (NotRecordedException e) {
            return RunEvent.RunFailed.unrecorded(e);
        } catch (DivergedException e) {
            return new RunEvent.RunFailed(e.divergence().message(), Messages.diagnostics(e), e.divergence());
        } catch (InvalidInputException e) {
            return new RunEvent.RunFailed(e.getMessage(), Messages.diagnostics(e));
        } catch (RuntimeException | Error e) { // whatever happens, the run's record says so
            return OutOfMemory.in(e) ? new RunEvent.RunInterrupted(OutOfMemory.advice(recipe) + RESUME)
                    : new RunEvent.RunFailed(Messages.forUser(e), Messages.diagnostics(e));
        }
    }

    @Override
    public void pause() {
        gate.pause();
    }

    @Override
    public void resume() {
        gate.open();
    }

    @Override
    public void stop() {
        gate.stop();
    }

    @Override
    public void stopNow() {
        gate.stopNow();
    }

    @Override
    public boolean running() {
        return started.get() && ended.getCount() > 0;
    }

    @Override
    public void await() throws InterruptedException {
        ended.await();
    }
}
