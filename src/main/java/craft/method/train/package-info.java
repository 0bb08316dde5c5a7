/** Training of a few parameters on top of the frozen model: what all methods share, whatever their parameters are. */
package craft.method.train;
