/**
 * A frozen causal language model: its folder (config, safetensors, tokenizer), one TorchScript text an architecture,
 * the forward pass. Reading folders and weights is plain Java; only the forward pass sees DJL.
 */
package craft.lm;
