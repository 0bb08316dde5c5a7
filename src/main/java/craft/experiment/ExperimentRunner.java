package craft.experiment;

/** Runs one recipe on its own service thread. */
public final class ExperimentRunner implements RunControl {
    public ExperimentRunner(Recipe recipe, RunListener listener, RunArtifacts artifacts) {
    }

    @Override
    public void start() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void pause() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void resume() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void stop() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean running() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void await() throws InterruptedException {
        throw new UnsupportedOperationException();
    }
}
