package craft.experiment;

/**
 * Where a run stands: what it does next. A run is evaluation of the untrained model (task 0), then for every task learning it
 * and evaluation of all tasks.
 *
 * @param task 1-based; one more than there are when all is done
 * @param doing what is done with that task
 * @param begun whether the events of its begin have been sent
 * @param scored tasks already scored in this evaluation
 */
record Place(int task, Doing doing, boolean begun, int scored) {

    enum Doing { LEARN, EVALUATE }

    static final Place FIRST = evaluate(0);

    static Place learn(int task) {
        return new Place(task, Doing.LEARN, false, 0);
    }

    static Place evaluate(int after) {
        return new Place(after, Doing.EVALUATE, false, 0);
    }

    Place begin() {
        return new Place(task, doing, true, scored);
    }

    Place next() {
        return new Place(task, doing, begun, scored + 1);
    }

    /** Tasks learnt to their end. */
    int learnt() {
        return doing == Doing.LEARN ? task - 1 : task;
    }
}
