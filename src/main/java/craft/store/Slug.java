package craft.store;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Locale;

/** Names for people made into parts of file names. */
final class Slug {
    /** In characters; at most 3 bytes each in UTF-8, which leaves room for the rest of a file name of 255 bytes. */
    private static final int LONGEST = 48;

    private Slug() {
    }

    /**
     * Lower-case letters and digits of any script, everything else a single hyphen.
     *
     * @param folder where the name will be used: under a locale that cannot write the script it falls back to ASCII
     * @param otherwise used when nothing is left
     */
    static String of(String name, Path folder, String otherwise) {
        String slug = reduce(name, "[^\\p{L}\\p{M}\\p{Nd}]+", otherwise);
        try {
            folder.resolve(slug);
            return slug;
        } catch (InvalidPathException e) { // for example Hangul under LANG=C
            return reduce(name, "[^A-Za-z0-9]+", otherwise);
        }
    }

    private static String reduce(String name, String others, String otherwise) {
        String slug = Normalizer.normalize(name, Normalizer.Form.NFC).toLowerCase(Locale.ROOT).replaceAll(others, "-");
        if (slug.length() > LONGEST) {
            slug = slug.substring(0, Character.isHighSurrogate(slug.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST);
        }
        slug = slug.replaceAll("^-+|-+$", "");
        return slug.isEmpty() ? otherwise : slug;
    }
}
