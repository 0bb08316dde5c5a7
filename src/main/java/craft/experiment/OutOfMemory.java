package craft.experiment;

import craft.lm.Precision;
import java.util.ArrayList;
import java.util.List;

/** What is said of a run that ended because there was no memory left. */
final class OutOfMemory {
    /** How PyTorch's CPU allocator begins its refusals (c10/core/impl/alloc_cpu.cpp): on Linux and macOS, on Windows. */
    private static final List<String> REFUSALS = List.of("DefaultCPUAllocator: can't allocate memory",
            "DefaultCPUAllocator: not enough memory");

    private OutOfMemory() {
    }

    /** Whether something was thrown because Java or PyTorch had no memory left, itself or as a cause. */
    static boolean in(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (cause instanceof OutOfMemoryError || REFUSALS.stream().anyMatch(message::contains)) {
                return true;
            }
        }
        return false;
    }

    /** Cause and next steps, those first that change results least. */
    static String advice(Recipe recipe) {
        List<String> steps = new ArrayList<>();
        steps.add("close other programs");
        steps.add("keep fewer prompts (engine.cacheMegabytes, now about " + (recipe.engine().cacheBytes() >> 20) + ")");
        if (recipe.training().batchTokens() > 1) {
            steps.add("pass fewer tokens at once (training.batchTokens, now " + recipe.training().batchTokens() + ")");
        } else if (recipe.training().batchSize() > 1) {
            steps.add("make training.batchSize smaller (now " + recipe.training().batchSize()
                    + ") and training.accumulate larger");
        }
        if (recipe.engine().precision() == Precision.FLOAT32) {
            steps.add("set engine.precision to bfloat16");
        }
        return "The machine had no memory left. What helps: " + String.join("; ", steps) + ".";
    }
}
