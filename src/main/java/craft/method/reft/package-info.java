/** What methods that train LoReFT interventions share: one optimiser step, reference states, answering. */
package craft.method.reft;
