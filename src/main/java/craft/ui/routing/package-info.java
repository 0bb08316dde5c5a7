/** The routing view's place in the window. */
package craft.ui.routing;
