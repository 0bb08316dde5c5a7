package craft.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A study's runs as shell scripts: each is a process of its own, so any scheduler can spread them.
 *
 * @param program how the program is started, as a shell takes it
 * @param folder the study's folder, which every machine must see under this path
 * @param ids runs, at least one
 */
record StudyScripts(String program, Path folder, List<String> ids) {

    /** The command by which this very program runs. */
    static String thisProgram() {
        String home = System.getProperty("craft.home", "");
        return quoted(Path.of(System.getProperty("java.home"), "bin", "java").toString())
                + (home.isBlank() ? "" : " " + quoted("-Dcraft.home=" + Path.of(home).toAbsolutePath()))
                + " -cp " + quoted(absolute(System.getProperty("surefire.test.class.path",
                        System.getProperty("java.class.path")))) + " craft.Main";
    }

    private static String absolute(String classPath) {
        String separator = System.getProperty("path.separator");
        return List.of(classPath.split(Pattern.quote(separator))).stream()
                .map(entry -> Path.of(entry).toAbsolutePath().toString()).collect(Collectors.joining(separator));
    }

    /** Within single quotes a shell takes everything as it is, but the quote itself. */
    static String quoted(String text) {
        return text.matches("[A-Za-z0-9_./:=@%+-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }

    private String command(String id) {
        return program + " study run " + quoted(folder.toString()) + " --quiet --only " + id;
    }

    /** One line a run. */
    String commands() {
        return ids.stream().map(id -> command(quoted(id)) + "\n").collect(Collectors.joining());
    }

    /** A job array for {@code sbatch}, one task a run. */
    String slurm(String name) {
        return "#!/bin/bash\n"
                + "#SBATCH --job-name=" + quoted(name.replaceAll("\\s+", "-")) + "\n"
                + "#SBATCH --array=0-" + (ids.size() - 1) + "\n"
                + "#SBATCH --ntasks=1\n"
                + "# Add what your cluster asks for: --partition, --time, --mem, --cpus-per-task.\n"
                + "runs=(\n" + ids.stream().map(id -> "  " + quoted(id) + "\n").collect(Collectors.joining())
                + ")\n"
                + "exec " + command("\"${runs[${SLURM_ARRAY_TASK_ID:?submit this script with sbatch}]}\"") + "\n";
    }
}
