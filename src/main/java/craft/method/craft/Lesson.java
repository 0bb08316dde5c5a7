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
    private Multiplier multiplier;
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

    /** The warm-up's steps are about to be made, or made further. */
    void warmUp(TrainingLoop newLoop) {
        begin(Stage.WARM_UP, newLoop);
        resumed = null;
    }

    /** The tuning's steps are about to be made, or made further. */
    void tune(TrainingLoop newLoop, StoppingRules newRules, Multiplier newMultiplier) {
        begin(Stage.TUNE, newLoop);
        rules = newRules;
        multiplier = newMultiplier;
        if (resumed != null) {
            rules.restore(resumed.part("rules"));
            multiplier.restore(resumed.part("multiplier"));
            resumed = null;
        }
    }

    private void begin(Stage newStage, TrainingLoop newLoop) {
        if (resumed != null) { // a kept lesson begins with the stage that it was kept in
            newLoop.restore(resumed.part("loop"));
        }
        stage = newStage;
        loop = newLoop;
    }

    void save(State to) {
        to.put("stage", stage.name());
        loop.save(to.part("loop"));
        if (rules != null) {
            rules.save(to.part("rules"));
            multiplier.save(to.part("multiplier"));
        }
        if (decision != null) {
            Decisions.write(decision, to.part("decision"));
        }
    }
}
