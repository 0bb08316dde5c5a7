package craft.method;

/** The stages of learning one task. A method uses those it has. */
public enum Stage { WARM_UP, ROUTE, TUNE, MERGE }
