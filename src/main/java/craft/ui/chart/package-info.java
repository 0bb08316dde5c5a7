/** The three live pictures of a run: curves, routing and forgetting. Each view has a node and shows a run's state. */
package craft.ui.chart;
