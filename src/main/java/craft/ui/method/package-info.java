/** All options of the recipe. */
package craft.ui.method;
