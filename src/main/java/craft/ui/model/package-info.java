/** The frozen base model at a glance. */
package craft.ui.model;
