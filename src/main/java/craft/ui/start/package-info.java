/** The first view: samples, recent runs and the next steps. */
package craft.ui.start;
