package craft.cli;

import picocli.CommandLine.Option;

/** How a command that trains tells what it does. */
final class ProgressOptions {
    @Option(names = "--json", description = "The last line of standard output is one JSON object (one line a run); tables go to "
            + "standard error.")
    private boolean json;

    @Option(names = "--quiet", description = "No progress.")
    private boolean quiet;

    Attended attended(Console console) {
        return new Attended(console, json, quiet);
    }
}
