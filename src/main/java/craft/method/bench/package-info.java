/** Measures the engine on the machine at hand: what a pass, a step and an evaluation cost, and in which proportion. */
package craft.method.bench;
