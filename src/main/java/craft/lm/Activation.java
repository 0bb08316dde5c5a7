package craft.lm;

import java.util.List;

/** The non-linearity of a plain feed-forward part, by the names that config.json uses. */
enum Activation {
    /** GELU by the error function (Hendrycks and Gimpel 2016). */
    GELU("torch.gelu(x)", "gelu", "gelu_python"),
    /**
     * The same by a hyperbolic tangent, {@code x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))}, which is x times the
     * logistic function of twice the tangent's argument. A text of the archive's version 3 has no operator for it.
     */
    TANH_GELU("torch.mul(x, torch.sigmoid(torch.mul(x, torch.add(torch.mul(torch.mul(x, x), 0.07135481627260025), "
            + "1.5957691216057308))))", "gelu_new", "gelu_fast", "gelu_pytorch_tanh"),
    RELU("torch.relu(x)", "relu");

    private final String call;
    private final List<String> names;

    Activation(String call, String... names) {
        this.call = call;
        this.names = List.of(names);
    }

    static Activation read(ConfigJson json, String key, String absent) {
        String name = json.text(key, absent);
        for (Activation a : values()) {
            if (a.names.contains(name)) {
                return a;
            }
        }
        throw json.refuse(key, "is \"" + name + "\", which is not supported. Known are gelu, gelu_new and relu");
    }

    /** Its application to {@code x}, in a text's language. */
    String call() {
        return call;
    }
}
