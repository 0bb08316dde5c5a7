/**
 * Guards against forgetting for one parameter set trained on task after task: penalties on the parameters, divergence to
 * the model as it was, memories of rows, projections of gradients. They work on whatever parameters a
 * {@link craft.method.train.Trainable} has. Penalties and projections see the gradient before AdamW does; its momentum and
 * its scaling come after, as in the usual implementations, so a constraint on the gradient holds for the gradient and not
 * to the last digit for the step.
 */
package craft.method.guard;
