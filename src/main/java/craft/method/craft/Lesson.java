package craft.method.craft;

import craft.method.Monitor;
import craft.method.Stage;
import craft.method.State;
import craft.method.train.TrainingLoop;

/**
 * Where CRAFT stands within a task: the stage whose steps are being made, the decision if there is one, and what those
 * steps need to go on. Lives from a task's begin to its end.
 */
final class Lesson {
    private Stage stage;
    private Monitor.Routed decision;
    private TrainingLoop loop;
    private StoppingRules rules;
    private State resumed;

    Lesson() {
    }

    /** One that goes on from what {@link #save} kept. */
    Lesson(State resumed) {
        this.resumed = resumed;
        this.stage = Stage.valueOf(resumed.text("stage"));
        this.decision = stage == Stage.TUNE ? Decisions.read(resumed.part("decision")) : null;
    }

    /** The routing decision, null before it is made. */
    Monitor.Routed decision() {
        return decision;
    }

    void decided(Monitor.Routed made) {
        decision = made;
    }

    /**
     * A stage's steps are about to be made, or made further.
     *
     * @param newRules null for a stage without stopping rules
     */
    void begin(Stage newStage, TrainingLoop newLoop, StoppingRules newRules) {
        if (resumed != null && stage == newStage) {
            newLoop.restore(resumed.part("loop"));
            if (newRules != null) {
                newRules.restore(resumed.part("rules"));
            }
            resumed = null;
        }
        stage = newStage;
        loop = newLoop;
        rules = newRules;
    }

    void save(State to) {
        to.put("stage", stage.name());
        loop.save(to.part("loop"));
        if (rules != null) {
            rules.save(to.part("rules"));
        }
        if (decision != null) {
            Decisions.write(decision, to.part("decision"));
        }
    }
}
