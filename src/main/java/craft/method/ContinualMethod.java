package craft.method;

import craft.intervention.Adapter;
import craft.lm.Sequence;
import java.util.List;

/**
 * A continual-learning method: learns tasks one after the other and keeps what it needs to answer all of them. Its groups
 * are the parameter sets it answers with: one a group of like tasks, one a task, or a single one for all.
 */
public interface ContinualMethod extends AutoCloseable {
    /** Told once, before the first task: all tasks that will be learnt. Only methods that see all at once (joint) need it. */
    default void prepare(List<TrainingTask> tasks) {
    }

    /** Optimiser steps for a task, if no stopping rule fires. */
    int plannedSteps(TrainingTask task);

    /**
     * Learns the next task, or goes on with one that {@link #restore} found half learnt. Blocks until it is learnt; throws
     * {@link Monitor.Stopped} when told to stop.
     */
    void learn(TrainingTask task, Monitor monitor);

    /** The group whose parameters answer a learnt task (1-based): the task table's row. */
    int groupOf(int task);

    /** The group for prompts of a task never learnt, from the prompts alone; 0 while there is no group. */
    int nearestGroup(List<Sequence> prompts);

    /** The group of each prompt when nothing is said of its task; 0 while there is no group. */
    int[] groupsOf(List<Sequence> prompts);

    /**
     * The model with a group's parameters in place; group 0 is the untouched model. Closed by the caller. What a group that
     * {@link #groups()} lists answers depends on its adapter there alone.
     */
    Answers answers(int group);

    /** What was trained of every group, group 1 first. */
    List<Adapter> groups();

    /** Numbers trained so far. */
    long trainedParameters();

    /** Bytes that the method has to keep between tasks: parameters, copies of them, rows, statistics. */
    long storedBytes();

    /** Everything needed to go on from here; called between tasks or at a {@link Monitor#safePoint()}. */
    void save(State to);

    /** Takes a fresh method to where {@link #save} was called. */
    void restore(State from);

    @Override
    void close();
}
