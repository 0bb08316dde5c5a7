/** Averaging of adapters that were trained task by task. */
package craft.method.averaging;
