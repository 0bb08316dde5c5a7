/** The queue of tasks, their facts, rows and problems. */
package craft.ui.tasks;
