/** What is kept of a run on disk: run folders, the journal, predictions, trained interventions, and their exports. */
package craft.store;
