/** The JavaFX workbench: the window's frame and model. One sub-package a view. */
package craft.ui;
