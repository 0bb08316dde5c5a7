/**
 * Continual-learning methods behind one small interface; each in a sub-package of its own.
 *
 * <p>How to add a method:
 * <ol>
 * <li>Write its options as a record that is a {@link craft.method.MethodOptions}: every component becomes an option of
 *     recipes ({@code method.<name>}), of {@code --set} and of the window. A static {@code defaults()} gives the authors'. It
 *     also says what the window shows of the method: its formula, whether it routes, whether it measures a divergence.
 * <li>Write the method. What only regularises, replays or projects while one parameter set is trained is a
 *     {@link craft.method.sequential.Guard}, handed to a {@link craft.method.sequential.SequentialMethod}, and then works with
 *     every kind of adapter; everything else is a {@link craft.method.ContinualMethod} over
 *     {@link craft.method.train.AdapterTrainer}.
 * <li>Add one line to {@link craft.method.Methods}: name, defaults, constructor. Recipes, the command line, the window's
 *     choice of method and the end-to-end test of all methods read that list.
 * <li>Name its options in {@code craft/ui/method/words.properties} and {@code words_ko.properties}, explain its formula there
 *     ({@code objective.<name>}) and, unless it always routes, say what it does instead ({@code unrouted.<name>}).
 * </ol>
 */
package craft.method;
