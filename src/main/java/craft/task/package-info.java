/** Tasks: data sets, their readers, prompts and scoring. Knows no model, no file of a run, no window. */
package craft.task;
