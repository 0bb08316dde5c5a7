/** Low-rank interventions on hidden states (LoReFT): parameters, positions, application, divergence, merging. */
package craft.intervention;
