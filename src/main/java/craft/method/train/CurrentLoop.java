package craft.method.train;

import craft.method.Monitor;
import craft.method.State;

/** The loop in which a method is learning a task, if it is: kept with the method, and taken up where it stood. */
public final class CurrentLoop {
    private TrainingLoop loop;
    private State resumed;

    /** Runs a fresh loop to its end, or one that was kept from where it stood. */
    public void run(TrainingLoop fresh, TrainingLoop.Plan plan, TrainingLoop.Course course, Monitor monitor) {
        if (resumed != null) {
            fresh.restore(resumed);
            resumed = null;
        }
        loop = fresh;
        loop.run(plan, course, "epochs", monitor);
        loop = null;
    }

    public void save(State to) {
        to.put("running", loop != null);
        if (loop != null) {
            loop.save(to.part("loop"));
        }
    }

    public void restore(State from) {
        resumed = from.flag("running") ? from.part("loop") : null;
    }
}
