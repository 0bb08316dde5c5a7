/** The forgetting view's place in the window and the answers of a chosen cell. */
package craft.ui.forgetting;
