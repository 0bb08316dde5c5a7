/** The runs kept on disk and the export of their interventions. */
package craft.ui.runs;
