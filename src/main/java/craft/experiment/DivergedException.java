package craft.experiment;

/** A run that cannot go on because one of its numbers is not finite any more. */
final class DivergedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Divergence divergence;

    DivergedException(Divergence divergence, RuntimeException cause) {
        super(divergence.message(), cause);
        this.divergence = divergence;
    }

    Divergence divergence() {
        return divergence;
    }
}
