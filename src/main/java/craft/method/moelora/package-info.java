/** A dense mixture of LoRA experts. */
package craft.method.moelora;
