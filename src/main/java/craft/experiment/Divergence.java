package craft.experiment;

import craft.error.Plain;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Where a run found a number that is not finite and so had to end: facts, from which the terminal and the window make their words.
 *
 * @param what which number: {@code loss}, {@code gradient}, {@code weights}, {@code statistics}, {@code validation},
 *     {@code divergence} or {@code likelihood}
 * @param infinite whether it was infinite rather than not a number
 * @param task the task that was learnt, or scored
 * @param scoring whether it was being scored
 * @param step 1-based within the stage, 0 where it was not in a step
 * @param runStep optimiser steps of the run, this one included
 * @param keptStep step of the run after which the last checkpoint was written, -1 without one
 * @param options those that help when they are changed, with their values now, most helpful first
 */
public record Divergence(String what, boolean infinite, int task, String taskName, boolean scoring, int step, int plannedSteps,
        int runStep, int keptStep, Map<String, String> options) {
    static final String LEARNING_RATE = "training.learningRate";
    static final String MAX_NORM = "training.maxGradientNorm";
    static final String WARM_UP = "training.warmupRatio";
    static final String PRECISION = "engine.precision";
    private static final String TEMPERATURE = "temperature";

    public Divergence {
        options = options == null ? Map.of() : new LinkedHashMap<>(options); // keeps the order
    }

    /** What change of an option helps. */
    public enum Remedy { LOWER, RAISE, CLIP, LONGER, FLOAT32 }

    /** The options of a recipe that can make numbers overflow. */
    static Map<String, String> options(Recipe recipe) {
        SortedMap<String, String> all = RecipeReader.options(recipe);
        Map<String, String> chosen = new LinkedHashMap<>();
        chosen.put(LEARNING_RATE, all.get(LEARNING_RATE));
        if (number(all.get(MAX_NORM)) == 0 || number(all.get(MAX_NORM)) > 1) {
            chosen.put(MAX_NORM, all.get(MAX_NORM));
        }
        if (number(all.get(WARM_UP)) < 0.1) {
            chosen.put(WARM_UP, all.get(WARM_UP));
        }
        boolean lora = !all.containsKey("method.adapter.kind") || all.get("method.adapter.kind").equals("lora");
        all.forEach((path, value) -> {
            String name = path.substring(path.lastIndexOf('.') + 1);
            boolean scale = name.equals("alpha") && path.contains(".lora.") && lora;
            boolean weight = path.startsWith("method.") && name.startsWith("lambda") && number(value) > 0;
            boolean sharp = name.equals(TEMPERATURE) && number(value) < 0.5;
            boolean decay = path.equals("training.weightDecay") && number(value) > 0.1;
            if (scale || weight || sharp || decay) {
                chosen.put(path, value);
            }
        });
        if (!all.get(PRECISION).equals("float32")) {
            chosen.put(PRECISION, all.get(PRECISION));
        }
        chosen.replaceAll((path, value) -> plain(value));
        return chosen;
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN; // a rule's name, which no comparison takes for a number
        }
    }

    /** Whether nothing had been trained: then it is the base model that computes such numbers. */
    public boolean untrained() {
        return runStep == 0;
    }

    public Remedy remedy(String option) {
        return switch (option) {
            case MAX_NORM -> number(options.get(option)) == 0 ? Remedy.CLIP : Remedy.LOWER;
            case WARM_UP -> Remedy.LONGER;
            case PRECISION -> Remedy.FLOAT32;
            default -> option.endsWith("." + TEMPERATURE) ? Remedy.RAISE : Remedy.LOWER;
        };
    }

    /** What happened, where, and what to do, in English. */
    String message() {
        if (untrained()) {
            return "The untrained model gives no usable numbers: scoring task " + task + ", \"" + taskName + "\", " + which() + " is "
                    + (infinite ? "infinite" : "not a number") + ". Its weights, or what it makes of them in this precision, are not "
                    + "finite: look at them with the command check" + (options.containsKey(PRECISION)
                            ? ", or set engine.precision to float32 (now " + options.get(PRECISION) + ")." : ".");
        }
        return "Training has diverged: " + where() + ", " + which() + " is " + (infinite ? "infinite" : "not a number")
                + ", and nothing computed from it would mean anything. What helps: " + String.join("; ", remedies()) + ". "
                + (keptStep < 0 ? "No checkpoint had been written." : (keptStep == 0 ? "The last checkpoint, before the first step,"
                        : "The last checkpoint, after step " + keptStep + " of the run,") + " holds finite numbers only.")
                + " Resumed, the run would go on with the same options and fail in the same way: begin a new one with others.";
    }

    private String where() {
        String of = "task " + task + ", \"" + taskName + "\"";
        if (scoring) {
            return "scoring " + of + ", after step " + runStep + " of the run";
        }
        return step == 0 ? "at the end of " + of + ", after step " + runStep + " of the run"
                : "in step " + step + " of " + plannedSteps + " of " + of + " (step " + runStep + " of the run)";
    }

    private String which() {
        return switch (what) {
            case "loss" -> "the loss";
            case "gradient" -> "the norm of the gradient";
            case "weights" -> "one of the trained weights or of the optimiser's moments";
            case "statistics" -> "a number that the method keeps of the task";
            case "validation" -> "the loss on the validation rows";
            case "divergence" -> "the divergence between two groups";
            default -> "the log-likelihood of an answer";
        };
    }

    private List<String> remedies() {
        List<String> all = new ArrayList<>();
        options.forEach((option, value) -> all.add(switch (remedy(option)) {
            case LOWER -> "a smaller " + option;
            case RAISE -> "a larger " + option;
            case CLIP -> "gradients clipped by " + option + ", for example at 1";
            case LONGER -> "a longer warm-up by " + option + ", for example 0.1";
            case FLOAT32 -> option + " float32";
        } + " (now " + value + ")"));
        return all;
    }

    /** {@code 10} for {@code 10.0}; a text as it is. */
    private static String plain(String value) {
        double number = number(value);
        return Double.isNaN(number) ? value : Plain.number(number);
    }
}
