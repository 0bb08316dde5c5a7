package craft.experiment.study;

import craft.experiment.Recipe;

/**
 * One of the independent runs of a study.
 *
 * @param id the same as long as the study's methods, orders and grid are; also the name of the run's folder
 * @param configuration the {@link Configuration}'s name
 * @param order number of the order, from 1
 * @param recipe all that the run needs
 */
public record StudyRun(String id, String configuration, int order, long seed, Recipe recipe) {

    /** What runs that are compared with each other have in common. */
    record Pairing(int order, long seed) {
    }

    Pairing pairing() {
        return new Pairing(order, seed);
    }
}
