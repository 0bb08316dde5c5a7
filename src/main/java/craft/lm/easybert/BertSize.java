package craft.lm.easybert;

/**
 * The sizes of a BERT model.
 *
 * @param inner width of the feed-forward part
 * @param positions longest input in tokens
 * @param types kinds of segments
 */
record BertSize(int layers, int hidden, int heads, int inner, int vocabulary, int positions, int types) {
}
