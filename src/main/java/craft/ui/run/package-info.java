/** The run under way or reopened: curves, results, provenance. */
package craft.ui.run;
