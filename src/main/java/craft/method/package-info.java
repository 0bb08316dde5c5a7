/** Continual-learning methods behind one small interface; each in a sub-package of its own. */
package craft.method;
