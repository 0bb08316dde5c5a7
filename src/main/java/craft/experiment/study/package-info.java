/** Studies: several methods on the same tasks, seeds and orders, and the statistics that compare them. */
package craft.experiment.study;
