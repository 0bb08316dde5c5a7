package craft.store;

import craft.experiment.RunEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A process that runs a tiny recipe up to one event of it, says so with a file, and waits there to be killed. */
public final class KilledRun {
    /** The file, in the folder of runs. */
    static final String THERE = "there";

    private KilledRun() {
    }

    /** @param args folder of the tiny sequence, method, folder of runs, and the number of the event in the run, from 0 */
    public static void main(String[] args) throws InterruptedException {
        Path runs = Path.of(args[2]);
        int at = Integer.parseInt(args[3]);
        RunSession session = new RunStore(runs).prepare(TinyRuns.recipe(Path.of(args[0]), args[1]));
        int[] heard = {0};
        TinyRuns.run(session, (event, control) -> {
            if (heard[0]++ == at) {
                here(runs, event);
            }
        });
    }

    private static void here(Path runs, RunEvent event) {
        try {
            Files.writeString(runs.resolve(THERE), event.toString());
            new CountDownLatch(1).await();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
