/**
 * One experiment: the recipe (immutable records, read from JSON), the runner on its own service thread, the sealed
 * events it sends, and what is computed from them: accuracy matrix and metrics. Knows no run folder and no window.
 */
package craft.experiment;
