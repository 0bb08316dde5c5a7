package craft.ui.method;

import java.util.List;

/**
 * One option of the recipe.
 *
 * @param path dotted path, what {@code --set} takes
 * @param group the part of the recipe it stands in, for example {@code method.tuning}
 * @param value as text
 * @param standard its default as text
 * @param choices what it may be, when that is a closed set; otherwise empty
 */
public record Option(String path, String group, String value, String standard, List<String> choices) {
    public Option {
        choices = List.copyOf(choices);
    }

    public boolean changed() {
        return !value.equals(standard);
    }

    public boolean onOff() {
        return choices.equals(MethodModel.ON_OFF);
    }
}
