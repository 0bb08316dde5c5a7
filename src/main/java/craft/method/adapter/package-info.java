/** The choice between kinds of adapter, as recipes make it. */
package craft.method.adapter;
