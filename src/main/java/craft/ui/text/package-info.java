/** English and Korean words of the window, and how numbers, sizes and times are written. */
package craft.ui.text;
