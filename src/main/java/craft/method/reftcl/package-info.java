/** ReFT-CL: the sum of all tasks' interventions as frozen directions, each with a learned weight. */
package craft.method.reftcl;
