package craft.ui;

import craft.experiment.ModelCard;
import craft.experiment.Recipe;
import craft.experiment.RunControl;
import craft.experiment.RunEvent;
import craft.experiment.RunState;
import craft.ui.text.EndReasons;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongFunction;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyIntegerProperty;
import javafx.beans.property.ReadOnlyIntegerWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleObjectProperty;

/**
 * What the whole window is about: the recipe at hand, the run that is live and the run that is shown (the same one, or
 * an earlier one reopened). Has no control in it. Touched on the JavaFX thread only.
 */
public final class WorkbenchModel {
    private final Services services;
    private final LongFunction<Executor> uiAfterMillis;
    private final ErrorPresenter errors = new ErrorPresenter();
    private final Work work;
    private final Newest recipeToOpen;
    private final Newest modelToRead;
    private final Newest runToOpen;

    private final ReadOnlyObjectWrapper<Recipe> recipe = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyObjectWrapper<ModelCard> modelCard = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyObjectWrapper<Throwable> modelProblem = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyBooleanWrapper opening = new ReadOnlyBooleanWrapper();
    private final ReadOnlyBooleanWrapper preparing = new ReadOnlyBooleanWrapper();
    private final ReadOnlyObjectWrapper<CurrentRun> live = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyObjectWrapper<CurrentRun> shown = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyIntegerWrapper storeRevision = new ReadOnlyIntegerWrapper();
    private final ObjectProperty<ViewId> view = new SimpleObjectProperty<>(ViewId.START);
    private boolean recipeOpening;
    private boolean runOpening;
    private Message startProblem;

    public WorkbenchModel(Services services) {
        this(services, after(services.ui()));
    }

    /** An executor's work put off by so many milliseconds. */
    static LongFunction<Executor> after(Executor ui) {
        return millis -> CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, ui);
    }

    /** @param uiAfterMillis the JavaFX thread after so many milliseconds, for the events of runs */
    WorkbenchModel(Services services, LongFunction<Executor> uiAfterMillis) {
        this.services = services;
        this.uiAfterMillis = uiAfterMillis;
        this.work = new Work(services.background(), services.ui(), errors);
        this.recipeToOpen = new Newest(work);
        this.modelToRead = new Newest(work);
        this.runToOpen = new Newest(work);
    }

    public Services services() {
        return services;
    }

    public ErrorPresenter errors() {
        return errors;
    }

    public Work work() {
        return work;
    }

    // --- recipe -----------------------------------------------------------------------------------------------

    /** What the next run will do; null until one is open. */
    public ReadOnlyObjectProperty<Recipe> recipe() {
        return recipe.getReadOnlyProperty();
    }

    /** The recipe's model, null while it is being read or cannot be. */
    public ReadOnlyObjectProperty<ModelCard> modelCard() {
        return modelCard.getReadOnlyProperty();
    }

    /** Why the recipe's model cannot be read, or null. */
    public ReadOnlyObjectProperty<Throwable> modelProblem() {
        return modelProblem.getReadOnlyProperty();
    }

    /** True while a recipe or a run is being read. */
    public ReadOnlyBooleanProperty opening() {
        return opening.getReadOnlyProperty();
    }

    /** Opens the quickstart, or the first sample there is. */
    public void openQuickstart() {
        open(() -> {
            List<Path> samples = services.inputs().samples();
            return samples.isEmpty() ? null : services.inputs().recipe(samples.get(0));
        });
    }

    public void openRecipe(Path path) {
        open(() -> services.inputs().recipe(path));
    }

    private void open(java.util.concurrent.Callable<Recipe> reading) {
        opening(true, runOpening);
        recipeToOpen.run(reading, read -> {
            opening(false, runOpening);
            if (read != null) {
                setRecipe(read);
            }
        }, failure -> {
            opening(false, runOpening);
            errors.show(failure);
        });
    }

    private void opening(boolean ofRecipe, boolean ofRun) {
        recipeOpening = ofRecipe;
        runOpening = ofRun;
        opening.set(ofRecipe || ofRun);
    }

    /** Replaces the recipe at hand. A live run keeps its own. */
    public void setRecipe(Recipe next) {
        Recipe before = recipe.get();
        recipe.set(next);
        if (before == null || !before.model().equals(next.model()) || modelProblem.get() != null) {
            readModel(next.model());
        }
    }

    private void readModel(String model) {
        modelCard.set(null);
        modelProblem.set(null);
        modelToRead.run(() -> services.inputs().model(model), modelCard::set, modelProblem::set);
    }

    // --- runs -------------------------------------------------------------------------------------------------

    /** The run being made, or null. */
    public ReadOnlyObjectProperty<CurrentRun> live() {
        return live.getReadOnlyProperty();
    }

    /** The run that the views show, or null. */
    public ReadOnlyObjectProperty<CurrentRun> shown() {
        return shown.getReadOnlyProperty();
    }

    /** True from Run being pressed until the run's folder is there. */
    public ReadOnlyBooleanProperty preparing() {
        return preparing.getReadOnlyProperty();
    }

    /** Counts up whenever the list of runs on disk may have changed. */
    public ReadOnlyIntegerProperty storeRevision() {
        return storeRevision.getReadOnlyProperty();
    }

    public ObjectProperty<ViewId> view() {
        return view;
    }

    /** Starts a run of the recipe at hand; does nothing while one is live. */
    public void start() {
        Recipe toRun = recipe.get();
        if (toRun == null || live.get() != null || preparing.get()) {
            return;
        }
        begin(toRun, feed -> {
            toRun.check();
            return services.runs().prepare(toRun, feed);
        });
    }

    /** Goes on with the run shown, which was interrupted or has failed; does nothing while one is live. */
    public void resume() {
        CurrentRun run = shown.get();
        if (run == null || live.get() != null || preparing.get()) {
            return;
        }
        begin(run.recipe(), feed -> services.runs().resume(run.folder(), feed));
    }

    private void begin(Recipe toRun, Function<RunFeed, Runs.Prepared> how) {
        preparing.set(true);
        ViewId from = view.get();
        view.set(ViewId.RUN); // at once: the check of a large recipe takes seconds, and this view says so
        errors.dismiss(startProblem); // what was wrong at the last attempt need not be wrong any more
        ObjectProperty<CurrentRun> target = new SimpleObjectProperty<>();
        RunFeed feed = new RunFeed(uiAfterMillis, () -> System.nanoTime() / 1_000_000,
                events -> deliver(target.get(), events));
        work.run(() -> how.apply(feed), prepared -> {
            preparing.set(false);
            CurrentRun run = new CurrentRun(prepared.folder(), toRun, new RunState(), false, List.of());
            run.control(prepared.control());
            target.set(run);
            live.set(run);
            shown.set(run);
            prepared.control().start();
            storeRevision.set(storeRevision.get() + 1);
        }, failure -> {
            preparing.set(false);
            startProblem = errors.show(failure);
            if (view.get() == ViewId.RUN) {
                view.set(from); // where there may be something to mend
            }
        });
    }

    private void deliver(CurrentRun run, List<RunEvent> events) {
        run.apply(events);
        if (run.ended() && live.get() == run) {
            live.set(null);
            storeRevision.set(storeRevision.get() + 1);
            // the run's own view says so itself, and goes on saying so when the run is reopened
            boolean seen = shown.get() == run && view.get() == ViewId.RUN;
            if (run.state().status() == RunState.Status.FAILED && !seen) {
                errors.show(EndReasons.inWords(run.state()), run.state().diagnostics());
            }
        }
    }

    /** Pauses a live run, or goes on with a paused one. */
    public void togglePause() {
        CurrentRun run = live.get();
        if (run != null) {
            boolean paused = run.state().status() == RunState.Status.PAUSED;
            run.control().ifPresent(paused ? RunControl::resume : RunControl::pause);
        }
    }

    /** Ends a live run after its current step. */
    public void stop() {
        if (live.get() != null) {
            live.get().control().ifPresent(RunControl::stop);
        }
    }

    /** Ends a live run without waiting for its step. */
    public void stopNow() {
        if (live.get() != null) {
            live.get().control().ifPresent(RunControl::stopNow);
        }
    }

    /** Ends a live run after its current step and, once its memory is released, does {@code then}. */
    public void stopAndThen(Runnable then) {
        CurrentRun run = live.get();
        if (run == null || run.control().isEmpty()) {
            then.run();
            return;
        }
        RunControl control = run.control().get();
        control.stop();
        work.run(() -> {
            control.await();
            return control;
        }, c -> then.run());
    }

    /** Shows the live run again after another one was opened. */
    public void showLive() {
        if (live.get() != null) {
            shown.set(live.get());
        }
    }

    /** Reopens a run and shows its curves. */
    public void openRun(Path folder) {
        if (live.get() != null && live.get().folder().equals(folder)) {
            runToOpen.forget(); // this one was asked for last
            opening(recipeOpening, false);
            showLive();
            view.set(ViewId.RUN);
            return;
        }
        opening(recipeOpening, true);
        runToOpen.run(() -> {
            Runs.Opened opened = services.runs().open(folder);
            return new CurrentRun(opened.folder(), opened.recipe(), opened.state(), opened.exportable(), opened.remarks());
        }, run -> {
            opening(recipeOpening, false);
            show(run);
            view.set(ViewId.RUN);
        }, failure -> {
            opening(recipeOpening, false);
            errors.show(failure);
        });
    }

    /** Puts a run into the views. */
    void show(CurrentRun run) {
        shown.set(run);
        run.remarks().forEach(errors::say);
    }
}
