/**
 * A frozen language model: its folder (config, safetensors, tokenizer), one family of architectures a class and a
 * TorchScript text, the forward pass. Reading folders and weights is plain Java; only the forward pass sees DJL.
 */
package craft.lm;
