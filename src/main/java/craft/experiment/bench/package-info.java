/** The {@code bench} command's plan: which models and sizes are measured, and how the numbers are shown. */
package craft.experiment.bench;
