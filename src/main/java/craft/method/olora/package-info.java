/** O-LoRA: a LoRA a task, each in a subspace orthogonal to the ones before. */
package craft.method.olora;
