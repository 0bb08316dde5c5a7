/** Errors made for people: what happened, where, what to do. Every room may use this one. */
package craft.error;
