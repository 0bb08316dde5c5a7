/** One parameter set trained on one task after the other, and what guards it against forgetting. */
package craft.method.sequential;
