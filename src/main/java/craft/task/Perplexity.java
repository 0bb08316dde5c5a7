package craft.task;

import java.util.List;

/**
 * Perplexity of the expected answers given their prompts: exp( - sum_i log p(answer_i | prompt_i) / sum_i tokens_i ), natural
 * logarithm, end-of-text token included (Jelinek et al. 1977). At least 1, lower is better; 1 is certainty. Compare
 * it only between runs with the same tokenizer.
 */
record Perplexity() implements TaskMetric {
    @Override
    public String name() {
        return "perplexity";
    }

    @Override
    public String formula() {
        return "exp( - sum_i log p(expected_i) / sum_i tokens_i ), lower is better";
    }

    @Override
    public double row(Answered answered) {
        return of(List.of(answered));
    }

    @Override
    public double of(List<Answered> answered) {
        if (answered.isEmpty()) {
            throw new IllegalArgumentException("No rows to score");
        }
        double sum = 0;
        long tokens = 0;
        for (Answered row : answered) {
            sum += row.logLikelihood();
            tokens += row.tokens();
        }
        return tokens == 0 ? Double.NaN : Math.exp(-sum / tokens);
    }
}
