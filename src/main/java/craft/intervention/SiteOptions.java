package craft.intervention;

/**
 * Where interventions act and how large they are.
 *
 * @param layers {@code all}, or layers and ranges such as {@code 1,3,5} or {@code 0-5} (0-based)
 * @param positions {@code f<n>+l<m>}: the first n and last m prompt tokens
 * @param rank rank r of every intervention
 * @param identityStart start every intervention as the identity (W = R, b = 0) instead of random W and b
 */
public record SiteOptions(String layers, String positions, int rank, boolean identityStart) {
    public static SiteOptions defaults() {
        return new SiteOptions("all", "l16", 8, false);
    }
}
