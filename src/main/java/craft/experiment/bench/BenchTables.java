package craft.experiment.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import craft.experiment.Json;
import craft.experiment.bench.Bench.Measured;
import craft.experiment.bench.Bench.Result;
import craft.experiment.bench.BenchReport.Table;
import craft.lm.Torch;
import craft.method.bench.MatrixPeak;
import craft.method.bench.ModelBench;
import craft.method.bench.ModelBench.Forward;
import craft.method.bench.ModelBench.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** Shows what was measured: tables for people, one object for programs. */
final class BenchTables {
    /** Passes over the rows over which a prefill is spread: the default of a recipe. */
    private static final int EPOCHS = 3;
    private static final String NOT_MEASURED = "not measured";

    private final Result result;

    BenchTables(Result result) {
        this.result = result;
    }

    BenchReport report() {
        List<Table> tables = new ArrayList<>();
        tables.add(machine());
        for (Measured model : result.models()) {
            String name = model.name() + " (" + format("%,d", model.parameters()) + " parameters, " + model.layers()
                    + " layers)";
            tables.add(forward(name, model));
            tables.add(steps(name, model));
            tables.add(parts(name, model));
            tables.add(evaluation(name, model));
            if (model.generation().tokens() > 0) {
                tables.add(generation(name, model));
            }
            if (!model.agreements().isEmpty()) {
                tables.add(agreement(name, model));
            }
            tables.add(memory(name, model));
        }
        return new BenchReport(tables, json());
    }

    private Table machine() {
        List<List<String>> rows = new ArrayList<>();
        for (MatrixPeak.Speed speed : result.peaks()) {
            rows.add(List.of(speed.size() + " x " + speed.size(), format("%.1f", speed.gflops())));
        }
        return new Table("Matrix multiplication, float32", List.of("Size", "GFLOP/s"), rows, "Peak "
                + format("%.1f", result.peak()) + " GFLOP/s with " + threads() + "; " + Torch.version() + ".");
    }

    private String threads() {
        return result.threads() + (result.threads() == 1 ? " thread" : " threads") + " on " + result.processors()
                + (result.processors() == 1 ? " processor" : " processors");
    }

    private Table forward(String name, Measured model) {
        List<List<String>> rows = new ArrayList<>();
        for (Forward f : model.forwards()) {
            rows.add(List.of("" + f.prompt(), "" + f.batch(), milliseconds(f.seconds()), format("%,.0f", f.tokensPerSecond()),
                    format("%.1f", f.gflops()), format("%.0f %%", 100 * f.gflops() / result.peak())));
        }
        return new Table(name + ": plain forward pass", List.of("Prompt", "Batch", "ms", "Tokens/s", "GFLOP/s", "Of peak"),
                rows, "FLOP: 2 x non-embedding weights x tokens + causal attention + LM head at " + ModelBench.ANSWER
                + " answer tokens.");
    }

    private static Table steps(String name, Measured model) {
        List<List<String>> rows = new ArrayList<>();
        for (Step s : model.steps()) {
            rows.add(List.of(layers(s), "" + s.prompt(), "" + s.batch(), milliseconds(s.plain()), milliseconds(s.cached()),
                    format("1/%.1f", 1 / s.ratio()), milliseconds(s.prefill()), format("1/%.1f", 1 / s.ratioOver(EPOCHS)),
                    s.plainCalls() + " / " + s.cachedCalls(), format("%.1f", s.cacheBytes() / 1e6)));
        }
        return new Table(name + ": training step, positions " + ModelBench.POSITIONS + ", rank " + ModelBench.RANK + ", "
                + ModelBench.ANSWER + " answer tokens", List.of("Layers", "Prompt", "Batch", "Plain ms", "Cached ms", "Ratio",
                        "Prefill ms", "Over " + EPOCHS + " epochs", "Calls", "Cache MB"), rows,
                "Ratio: cached to plain. Prefill and cache: of one batch, once. Over " + EPOCHS
                + " epochs: with the prefill spread over them. Calls: into TorchScript, plain / cached.");
    }

    private static String layers(Step s) {
        return s.layers() + " from " + s.lowest();
    }

    private static Table parts(String name, Measured model) {
        ModelBench.Parts p = model.parts();
        List<List<String>> rows = new ArrayList<>();
        part(rows, "forward pass", p.forward(), p);
        part(rows, "LM head and loss", p.loss(), p);
        part(rows, "AdamW", p.optimiser(), p);
        part(rows, "retraction of R", p.retraction(), p);
        part(rows, "gradient and the rest", p.rest(), p);
        part(rows, "whole step", p.step(), p);
        return new Table(name + ": parts of a cached step at a prompt of 256 tokens", List.of("Part", "ms", "Share"), rows, "");
    }

    private static void part(List<List<String>> rows, String name, double seconds, ModelBench.Parts all) {
        rows.add(List.of(name, format("%.2f", 1000 * seconds), format("%.0f %%", 100 * seconds / all.step())));
    }

    private static Table evaluation(String name, Measured model) {
        ModelBench.Evaluation e = model.evaluation();
        List<List<String>> rows = List.of(
                List.of("one label a pass, plain", format("%.1f", e.apart())),
                List.of("labels packed, plain", format("%.1f", e.packed())),
                List.of("labels packed, prompts kept, first time", format("%.1f", e.first())),
                List.of("labels packed, prompts kept, again", format("%.1f", e.again())));
        return new Table(name + ": evaluation, " + e.labels() + " labels of " + e.labelTokens() + " tokens after prompts of "
                + e.prompt(), List.of("Way", "Rows/s"), rows, "");
    }

    private static Table generation(String name, Measured model) {
        ModelBench.Generation g = model.generation();
        return new Table(name + ": generation, " + g.rows() + " rows of " + g.tokens() + " tokens after prompts of " + g.prompt(),
                List.of("Way", "Tokens/s"), List.of(List.of("one row after the other", format("%.1f", g.apart())),
                        List.of("all rows, plain", format("%.1f", g.plain())),
                        List.of("all rows, prompts kept", format("%.1f", g.kept()))), "Reading the prompts is part of it.");
    }

    private static Table agreement(String name, Measured model) {
        List<List<String>> rows = new ArrayList<>();
        int predictions = 0;
        for (ModelBench.Agreement a : model.agreements()) {
            rows.add(List.of(a.what(), format("%.2g", a.divergence()), format("%.1f %%", 100 * a.sameToken()),
                    format("%.1f %%", 100 * a.accuracy()), format("%+.1f", 100 * a.accuracyDifference()),
                    format("%.2f", a.forward()), format("%.2f", a.step()), format("%.2f", a.cacheBytes())));
            predictions = a.predictions();
        }
        return new Table(name + ": rounded numbers against float32", List.of("Way", "KL", "Same token", "Accuracy",
                "Change", "Plain pass", "Cached step", "Cache bytes"), rows, "KL: nats a token over " + predictions
                + " tokens of probe texts. Accuracy: of float32's most likely next token; change in points."
                + " Passes and steps: time as a multiple of float32's, at a prompt of 256.");
    }

    private Table memory(String name, Measured model) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("at start", megabytes(result.start())));
        rows.add(List.of("model loaded", megabytes(model.loaded())));
        rows.add(List.of("peak so far", megabytes(model.peak())));
        rows.add(List.of("estimated for the largest step", format("%.1f", model.estimate() / 1e6)));
        String remark = "";
        if (model.growth().isPresent()) {
            ModelBench.Growth g = model.growth().get();
            rows.add(List.of("growth", g.bytes().isPresent() ? format("%+.1f", g.bytes().getAsLong() / 1e6) : NOT_MEASURED));
            remark = "Growth: from step " + g.steps() / 10 + " to step " + g.steps() + ", prompts of mixed length, "
                    + milliseconds(g.secondsPerStep()) + " ms a step; MB after each tenth: "
                    + g.samples().stream().map(b -> format("%.1f", b / 1e6)).collect(Collectors.joining(" ")) + ".";
        }
        return new Table(name + ": resident memory", List.of("When", "MB"), rows, remark);
    }

    private static String megabytes(OptionalLong bytes) {
        return bytes.isPresent() ? format("%.1f", bytes.getAsLong() / 1e6) : NOT_MEASURED;
    }

    private static String milliseconds(double seconds) {
        return format(seconds < 0.01 ? "%.2f" : seconds < 0.1 ? "%.1f" : "%,.0f", 1000 * seconds);
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    private String json() {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("quick", result.quick());
        json.put("engine", Torch.version());
        json.put("threads", result.threads());
        json.put("processors", result.processors());
        put(json, "peakGflops", result.peak());
        ArrayNode sizes = json.putArray("matrices");
        for (MatrixPeak.Speed speed : result.peaks()) {
            put(sizes.addObject().put("size", speed.size()), "gflops", speed.gflops());
        }
        put(json, "residentAtStart", result.start());
        ArrayNode models = json.putArray("models");
        result.models().forEach(model -> model(models.addObject(), model));
        try {
            return Json.mapper().writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private void model(ObjectNode to, Measured model) {
        to.put("name", model.name()).put("parameters", model.parameters()).put("layers", model.layers());
        ArrayNode forward = to.putArray("forward");
        for (Forward f : model.forwards()) {
            ObjectNode one = forward.addObject().put("prompt", f.prompt()).put("batch", f.batch());
            put(one, "seconds", f.seconds());
            put(one, "tokensPerSecond", f.tokensPerSecond());
            put(one, "gflops", f.gflops());
            put(one, "ofPeak", f.gflops() / result.peak());
        }
        ArrayNode steps = to.putArray("steps");
        for (Step s : model.steps()) {
            ObjectNode one = steps.addObject().put("layers", s.layers()).put("lowestLayer", s.lowest())
                    .put("prompt", s.prompt()).put("batch", s.batch());
            put(one, "plainSeconds", s.plain());
            put(one, "cachedSeconds", s.cached());
            put(one, "ratio", s.ratio());
            put(one, "prefillSeconds", s.prefill());
            put(one, "ratioOver3Epochs", s.ratioOver(EPOCHS));
            one.put("plainCalls", s.plainCalls()).put("cachedCalls", s.cachedCalls()).put("cacheBytes", s.cacheBytes());
        }
        ModelBench.Parts p = model.parts();
        ObjectNode parts = to.putObject("cachedStep");
        put(parts, "seconds", p.step());
        put(parts, "forward", p.forward());
        put(parts, "loss", p.loss());
        put(parts, "optimiser", p.optimiser());
        put(parts, "retraction", p.retraction());
        put(parts, "rest", p.rest());
        ModelBench.Evaluation e = model.evaluation();
        ObjectNode evaluation = to.putObject("evaluation").put("rows", e.rows()).put("prompt", e.prompt())
                .put("labels", e.labels()).put("labelTokens", e.labelTokens());
        put(evaluation, "rowsPerSecondApart", e.apart());
        put(evaluation, "rowsPerSecondPacked", e.packed());
        put(evaluation, "rowsPerSecondFirst", e.first());
        put(evaluation, "rowsPerSecondAgain", e.again());
        ModelBench.Generation written = model.generation();
        ObjectNode generation = to.putObject("generation").put("rows", written.rows()).put("prompt", written.prompt())
                .put("tokens", written.tokens());
        put(generation, "tokensPerSecondApart", written.apart());
        put(generation, "tokensPerSecondPlain", written.plain());
        put(generation, "tokensPerSecondKept", written.kept());
        ArrayNode agreements = to.putArray("agreement");
        for (ModelBench.Agreement a : model.agreements()) {
            ObjectNode one = agreements.addObject().put("way", a.what()).put("tokens", a.predictions());
            put(one, "kl", a.divergence());
            put(one, "sameToken", a.sameToken());
            put(one, "accuracy", a.accuracy());
            put(one, "accuracyDifference", a.accuracyDifference());
            put(one, "plainTimeRatio", a.forward());
            put(one, "cachedStepTimeRatio", a.step());
            put(one, "cacheBytesRatio", a.cacheBytes());
        }
        to.put("estimatedBytes", model.estimate());
        put(to, "residentLoaded", model.loaded());
        put(to, "residentPeak", model.peak());
        if (model.growth().isEmpty()) {
            to.putNull("growth");
        } else {
            ModelBench.Growth g = model.growth().get();
            ObjectNode growth = to.putObject("growth").put("steps", g.steps());
            put(growth, "secondsPerStep", g.secondsPerStep());
            put(growth, "bytes", g.bytes());
            ArrayNode samples = growth.putArray("samples");
            g.samples().forEach(samples::add);
        }
    }

    /** Five significant digits tell more than the machine's noise allows to read. */
    private static void put(ObjectNode to, String name, double value) {
        if (Double.isFinite(value)) {
            to.put(name, Double.parseDouble(format("%.5g", value)));
        } else {
            to.putNull(name);
        }
    }

    private static void put(ObjectNode to, String name, OptionalLong value) {
        if (value.isPresent()) {
            to.put(name, value.getAsLong());
        } else {
            to.putNull(name);
        }
    }
}
