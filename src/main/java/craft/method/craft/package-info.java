/** CRAFT: route, tune, merge, all by one KL signal (arXiv 2605.05732; what the paper leaves open is our choice). */
package craft.method.craft;
