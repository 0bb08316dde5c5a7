package craft.store;

import craft.experiment.Recipe;
import craft.experiment.RecipeReader;
import craft.experiment.RunControl;
import craft.experiment.RunEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/** Runs of any registered method that take less than a second: three tasks of a few steps each, a checkpoint every other step. */
final class TinyRuns {
    private TinyRuns() {
    }

    /** @param tiny a folder of {@link craft.experiment.TinySequence} */
    static Recipe recipe(Path tiny, String method) {
        Map<String, String> set = new LinkedHashMap<>(Map.of("method.type", method, "data.trainRows", "8",
                "data.evalRows", "4", "data.testRows", "3", "training.batchSize", "4", "training.epochs", "1",
                "engine.checkpointEvery", "2"));
        if (method.equals("craft")) { // all tasks join the first one's group, so that merging takes part
            set.putAll(Map.of("method.routing.warmupSteps", "1", "method.routing.rho", "1000", "method.tuning.checkEvery", "1"));
        }
        return RecipeReader.read(tiny, set);
    }

    /** Blocks until it has ended. @param then on the service thread, after each event */
    static List<RunEvent> run(RunSession session, BiConsumer<RunEvent, RunControl> then) throws InterruptedException {
        List<RunEvent> heard = new ArrayList<>();
        session.addListener(event -> {
            heard.add(event);
            then.accept(event, session.control());
        });
        session.control().start();
        session.control().await();
        return heard;
    }

    static List<RunEvent> run(RunSession session) throws InterruptedException {
        return run(session, (event, control) -> { });
    }

    /** A new run, stopped there. */
    static Path stopped(RunStore store, Recipe recipe, Predicate<RunEvent> moment) throws InterruptedException {
        RunSession session = store.prepare(recipe);
        run(session, (event, control) -> {
            if (moment.test(event)) {
                control.stop();
            }
        });
        return session.folder();
    }
}
