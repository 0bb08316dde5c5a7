package craft.lm;

import java.util.List;
import java.util.Map;

/**
 * Rotary positions (Su et al. 2021, RoFormer): the first {@code width} numbers of a head turn by angles that grow with
 * the position, number i together with number i + width / 2.
 *
 * @param width how many numbers of a head turn, even
 * @param theta base of the frequencies
 * @param scaling how the frequencies are stretched, or null
 */
record Rotary(int width, double theta, Scaling scaling) {
    private static final double MAX_THETA = 1e12;

    /**
     * Llama 3's stretching of the frequencies ({@code rope_type} "llama3"): those with a wavelength above
     * {@code originalContext / lowFrequencyFactor} are divided by {@code factor}, those below
     * {@code originalContext / highFrequencyFactor} stay, between the two it goes smoothly.
     */
    record Scaling(double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalContext) {
    }

    /**
     * What older files call {@code rope_scaling} and newer ones {@code rope_parameters}. Where that has a part for each kind of
     * layer, all the kinds there are must turn alike.
     */
    static ConfigJson part(ConfigJson json) {
        ConfigJson newer = json.object("rope_parameters");
        ConfigJson older = json.object("rope_scaling");
        if (!newer.isEmpty() && !older.isEmpty() && !newer.sameAs(older)) {
            throw json.refuse("rope_scaling", "and \"rope_parameters\" say different things. Leave one of them out");
        }
        String key = newer.isEmpty() ? "rope_scaling" : "rope_parameters";
        ConfigJson part = newer.isEmpty() ? older : newer;
        Map<String, ConfigJson> kinds = part.objects();
        if (kinds.isEmpty()) {
            return part;
        }
        if (part.mixed()) {
            throw json.refuse(key, "holds both values and parts for kinds of layers. It must be one or the other");
        }
        List<String> layers = json.names("layer_types");
        List<ConfigJson> used = kinds.entrySet().stream().filter(k -> layers == null || layers.contains(k.getKey()))
                .map(Map.Entry::getValue).toList();
        if (used.isEmpty() || !used.stream().allMatch(used.get(0)::sameAs)) {
            throw json.refuse(key, "turns the positions of " + String.join(" and ", kinds.keySet())
                    + " layers in ways of their own, which is not supported");
        }
        kinds.values().stream().filter(kind -> kind != used.get(0)).forEach(ConfigJson::letAllBe);
        return used.get(0);
    }

    /**
     * @param json the whole config
     * @param part as {@link #part} gives it
     * @param thetaKey key of the base in older files
     */
    static Rotary read(ConfigJson json, ConfigJson part, String thetaKey, int width) {
        double older = json.number(thetaKey, 10_000, 1, MAX_THETA);
        double theta = part.number("rope_theta", older, 1, MAX_THETA);
        if (json.hasNonNull(thetaKey) && theta != older) {
            throw json.refuse(thetaKey, "is " + older + ", but the rotary positions' own \"rope_theta\" is " + theta
                    + ". Leave one of them out");
        }
        return new Rotary(width, theta, scaling(part));
    }

    private static Scaling scaling(ConfigJson part) {
        String older = part.text("type", "");
        String type = part.text("rope_type", older);
        if (!older.isEmpty() && !older.equals(type)) {
            throw part.refuse("rope_type", "is \"" + type + "\", but \"type\" beside it is \"" + older + "\". Leave one of them out");
        }
        if (type.equals("default") || type.isEmpty() && !part.has("factor")) {
            return null;
        }
        if (!type.equals("llama3")) {
            throw part.refuse("rope_scaling", "is of the type \"" + type
                    + "\", which is not supported. Known are \"default\" and \"llama3\"");
        }
        double factor = part.number("factor", 1, 1e6);
        double low = part.number("low_freq_factor", 1e-6, 1e6);
        double high = part.number("high_freq_factor", 1e-6, 1e6);
        if (high <= low) {
            throw part.refuse("high_freq_factor", "is " + high + "; it must be greater than low_freq_factor, " + low);
        }
        return new Scaling(factor, low, high,
                part.size("original_max_position_embeddings", ConfigJson.MAX_TOKENS));
    }

    /** Turn per token in radians, {@code [width / 2]}. */
    float[] frequencies() {
        float[] all = new float[width / 2];
        for (int i = 0; i < all.length; i++) {
            all[i] = (float) frequency(i);
        }
        return all;
    }

    /**
     * theta^(-2 i / width) (RoFormer, eq. 15), stretched as Llama 3.1 does: frequencies that turn fewer than
     * {@code lowFrequencyFactor} times within the original context are divided by {@code factor}, those that turn more
     * than {@code highFrequencyFactor} times stay, and between the two the frequency is mixed linearly in the number of
     * turns.
     */
    private double frequency(int i) {
        double plain = Math.pow(theta, -2.0 * i / width);
        if (scaling == null) {
            return plain;
        }
        double turns = scaling.originalContext * plain / (2 * Math.PI);
        double kept = (turns - scaling.lowFrequencyFactor)
                / (scaling.highFrequencyFactor - scaling.lowFrequencyFactor);
        double share = Math.max(0, Math.min(1, kept));
        return share * plain + (1 - share) * plain / scaling.factor;
    }
}
