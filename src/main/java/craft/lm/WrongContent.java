package craft.lm;

import craft.error.FileWords;
import craft.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * What a model's file is when it is not what its name says: what failed downloads, copied links and renamed files leave behind. Only
 * the beginning is looked at, and a file that has the right beginning is never called wrong.
 */
final class WrongContent {
    private static final int LOOKED_AT = 1024;
    private static final int SHOWN = 60;

    private WrongContent() {
    }

    /**
     * That a file can be opened and does not begin as something else.
     *
     * @param weights whether it should be safetensors; otherwise it should be JSON
     * @throws InvalidInputException saying what it is and what to do
     */
    static void check(Path file, boolean weights) {
        if (Files.isSymbolicLink(file) && !Files.exists(file)) {
            throw new InvalidInputException(file + " is a link that leads nowhere" + target(file)
                    + ". Copy the file itself there, or download the model again.");
        }
        if (!Files.isRegularFile(file)) {
            return;
        }
        byte[] start;
        long size;
        try (InputStream in = Files.newInputStream(file)) {
            start = in.readNBytes(LOOKED_AT);
            size = Files.size(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        reason(file, start, size, weights).ifPresent(reason -> {
            throw new InvalidInputException(file + " " + reason);
        });
    }

    /** For whatever goes wrong between us and the disk. */
    static InvalidInputException unreadable(Path file, IOException e) {
        return new InvalidInputException(file + " cannot be read: " + FileWords.reason(e) + ".", e);
    }

    private static String target(Path link) {
        try {
            return " (to " + Files.readSymbolicLink(link) + ")";
        } catch (IOException e) {
            return "";
        }
    }

    private static Optional<String> reason(Path file, byte[] start, long size, boolean weights) {
        if (size == 0) {
            return weights ? Optional.empty() : Optional.of("is empty, so it is not a JSON object. Download it again.");
        }
        if (weights && looksLikeSafetensors(start)) {
            return Optional.empty();
        }
        String text = new String(start, StandardCharsets.ISO_8859_1);
        String stripped = text.startsWith("\u00ef\u00bb\u00bf") ? text.substring(3).strip() : text.strip();
        if (text.startsWith("version https://git-lfs") || text.startsWith("version https://hawser")) {
            return Optional.of("is a Git LFS pointer, not the " + (weights ? "weights" : "file itself")
                    + ": run git lfs pull in the model's folder, or download the file.");
        } else if (stripped.startsWith("<")) {
            return Optional.of("is a web page (HTML), not the " + (weights ? "weights" : "file itself")
                    + ": the download went wrong. Download it again, signed in where the model asks for it.");
        } else if (text.startsWith("GGUF") && size > 4) {
            return Optional.of("is a GGUF file. GGUF cannot be read yet; use the model's safetensors.");
        } else if (text.startsWith("PK\3\4") || text.startsWith("\u0080\2") || text.startsWith("\u0080\3")
                || text.startsWith("\u0080\4") || text.startsWith("\u0080\5")) {
            return Optional.of("is a zip archive or a pickle of PyTorch, whatever its name says; opening a pickle can run any "
                    + "program hidden in it, so it is refused. Convert the model to safetensors"
                    + " (in Python: model.save_pretrained(folder, safe_serialization=True)).");
        } else if (text.startsWith("\u001f\u008b")) {
            return Optional.of("is packed with gzip. Unpack it.");
        } else if (text.startsWith("\u0089HDF")) {
            return Optional.of("is an HDF5 file (of TensorFlow). Use the model's safetensors.");
        }
        Optional<String> link = copiedLink(file, text, size);
        return link.isPresent() ? link : plainText(text, stripped, size, weights);
    }

    /** A link that a system without links has saved as a text: one line, a path. */
    private static Optional<String> copiedLink(Path file, String text, long size) {
        String path = text.strip();
        if (size >= LOOKED_AT || path.isEmpty() || path.lines().count() > 1 || path.startsWith("{") || path.startsWith("[")
                || !path.chars().allMatch(c -> c >= ' ')
                || !(path.startsWith("../") || path.startsWith("..\\") || path.startsWith("./") || path.startsWith("/"))) {
            return Optional.empty();
        }
        boolean there;
        try {
            there = Files.exists(file.resolveSibling(path));
        } catch (InvalidPathException e) {
            there = false;
        }
        return Optional.of("is a link that was copied as a text: it only names \"" + shown(path) + "\", "
                + (there ? "the file meant. Put that file here in its place." : "which leads nowhere from here. Copy the files "
                        + "themselves (cp -rL follows links), or download the model again."));
    }

    /** Such as "Entry not found" or {@code {"error": ...}} under a name of weights. */
    private static Optional<String> plainText(String text, String stripped, long size, boolean weights) {
        if (weights && !text.isEmpty() && size >= 8 && text.chars().limit(8).allMatch(c -> c >= ' ' && c < 127 || c == '\n' || c == '\r'
                || c == '\t')) {
            return Optional.of("is a text, not weights: it begins with \"" + shown(stripped.lines().findFirst().orElse(""))
                    + "\". Download it again.");
        }
        String low = stripped.toLowerCase(Locale.ROOT);
        if (!weights && (low.startsWith("entry not found") || low.startsWith("not found") || low.startsWith("404")
                || low.startsWith("invalid username") || low.startsWith("access to model") || low.startsWith("unauthorized"))) {
            return Optional.of("holds a server's answer, \"" + shown(stripped.lines().findFirst().orElse(""))
                    + "\": the download went wrong. Download it again.");
        }
        return Optional.empty();
    }

    /** The header's length is below 2^32, so the upper four of its bytes are zero, and a brace follows. */
    private static boolean looksLikeSafetensors(byte[] start) {
        return start.length > 8 && start[4] == 0 && start[5] == 0 && start[6] == 0 && start[7] == 0 && start[8] == '{';
    }

    private static String shown(String text) {
        StringBuilder out = new StringBuilder();
        text.chars().limit(SHOWN).forEach(c -> out.append(c >= ' ' && c < 127 ? (char) c : '?'));
        return out + (text.length() > SHOWN ? "..." : "");
    }
}
