/** LoRA: low-rank updates of a model's projections. */
package craft.method.lora;
