package craft.ui;

import java.util.Locale;

/** The views of the window, in the order of the navigation. */
public enum ViewId {
    START("mdi2h-home-outline"),
    MODEL("mdi2c-cube-outline"),
    TASKS("mdi2f-format-list-numbered"),
    METHOD("mdi2t-tune-variant"),
    RUN("mdi2c-chart-line"),
    ROUTING("mdi2c-call-split"),
    FORGETTING("mdi2g-grid"),
    RUNS("mdi2h-history");

    private final String icon;

    ViewId(String icon) {
        this.icon = icon;
    }

    /** Ikonli's name of the icon. */
    public String icon() {
        return icon;
    }

    /** Lower-case name, for keys and ids. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
