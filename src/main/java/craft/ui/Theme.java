package craft.ui;

import atlantafx.base.theme.PrimerDark;
import atlantafx.base.theme.PrimerLight;
import javafx.application.Application;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;

/** Light or dark. Charts, which know no CSS, listen to {@link #dark()}. Used on the JavaFX thread only. */
public final class Theme {
    private static final ReadOnlyBooleanWrapper DARK = new ReadOnlyBooleanWrapper(false);

    private Theme() {
    }

    public static ReadOnlyBooleanProperty dark() {
        return DARK.getReadOnlyProperty();
    }

    /** Puts the whole program into the dark or light theme at once. */
    public static void use(boolean dark) {
        Application.setUserAgentStylesheet(
                dark ? new PrimerDark().getUserAgentStylesheet() : new PrimerLight().getUserAgentStylesheet());
        DARK.set(dark);
    }
}
