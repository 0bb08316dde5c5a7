/** What a continual-learning method is measured against: one adapter a task, all tasks at once, no training at all. */
package craft.method.baseline;
