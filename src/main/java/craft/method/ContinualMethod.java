package craft.method;

import craft.intervention.InterventionSet;
import craft.lm.Sequence;
import java.util.List;

/** A continual-learning method: learns tasks one after the other and keeps what it needs to answer all of them. */
public interface ContinualMethod extends AutoCloseable {
    /** Optimiser steps for a task of so many training rows, if no stopping rule fires. */
    int plannedSteps(int trainRows);

    /** Learns the next task. Blocks until it is learnt; throws {@link Monitor.Stopped} when told to stop. */
    void learn(TrainingTask task, Monitor monitor);

    /** The group whose parameters answer a learnt task (1-based): the task table's row. */
    int groupOf(int task);

    /** The group for prompts of a task never learnt, from the prompts alone; 0 while there is no group. */
    int nearestGroup(List<Sequence> prompts);

    /** The model with a group's parameters in place; group 0 is the untouched model. Closed by the caller. */
    Answers answers(int group);

    /** All groups' interventions, group 1 first. */
    List<InterventionSet> groups();

    /** Numbers trained so far. */
    long trainedParameters();

    @Override
    void close();
}
