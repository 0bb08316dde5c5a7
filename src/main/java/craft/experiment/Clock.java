package craft.experiment;

import craft.method.bench.ResidentMemory;

/**
 * Speed and remaining time of a run, from what it has done so far: optimiser steps and scored rows, each with the mean time
 * one of them took; and what it has cost. Goes on over a resumption.
 */
final class Clock {
    private final Gate gate;
    private final long begin = System.nanoTime();
    private final long pausedBefore;
    private final double earlierSeconds;
    private final double earlierPeak;
    private int stepsLeft;
    private int rowsLeft;
    private double stepSeconds;
    private int steps;
    private double rowSeconds;
    private int rows;
    private long stepTokens;
    private long rowTokens;
    private long last;
    private double recentRate;

    /**
     * What a clock shows, as a checkpoint keeps it.
     *
     * @param seconds wall time without pauses
     * @param stepTokens tokens of all optimiser steps; @param rowTokens tokens passed forward to score rows
     * @param recentRate tokens a second, smoothed, NaN before the first step
     * @param peakBytes largest resident memory of any process that worked on the run, NaN where it is not known
     */
    record Reading(double seconds, int stepsLeft, int rowsLeft, double stepSeconds, int steps, double rowSeconds, int rows,
            long stepTokens, long rowTokens, double recentRate, double peakBytes) {

        static Reading atBegin(int plannedSteps, int plannedRows) {
            return new Reading(0, plannedSteps, plannedRows, 0, 0, 0, 0, 0, 0, Double.NaN, Double.NaN);
        }
    }

    Clock(Gate gate, Reading from) {
        this.gate = gate;
        this.pausedBefore = gate.pausedNanos();
        this.earlierSeconds = from.seconds;
        this.earlierPeak = from.peakBytes;
        this.stepsLeft = from.stepsLeft;
        this.rowsLeft = from.rowsLeft;
        this.stepSeconds = from.stepSeconds;
        this.steps = from.steps;
        this.rowSeconds = from.rowSeconds;
        this.rows = from.rows;
        this.stepTokens = from.stepTokens;
        this.rowTokens = from.rowTokens;
        this.recentRate = from.recentRate;
        this.last = now();
    }

    Reading reading() {
        return new Reading(seconds(), stepsLeft, rowsLeft, stepSeconds, steps, rowSeconds, rows, stepTokens, rowTokens, recentRate,
                peakBytes());
    }

    /** Nanoseconds worked by this process, pauses left out. */
    private long now() {
        return System.nanoTime() - begin - (gate.pausedNanos() - pausedBefore);
    }

    double seconds() {
        return earlierSeconds + now() / 1e9;
    }

    private double peakBytes() {
        double own = ResidentMemory.peak().isPresent() ? ResidentMemory.peak().getAsLong() : Double.NaN;
        return Double.isNaN(own) ? earlierPeak : Double.isNaN(earlierPeak) ? own : Math.max(own, earlierPeak);
    }

    /** @param trainedParameters numbers trained; @param storedBytes what the method keeps between tasks */
    RunEvent.Cost cost(long trainedParameters, long storedBytes) {
        return new RunEvent.Cost(seconds(), stepTokens + rowTokens, stepTokens, peakBytes(), trainedParameters, storedBytes);
    }

    /** Work other than steps and rows was done: leave its time out of their means. */
    void other() {
        last = now();
    }

    /** @param skipped planned steps that a stopping rule made unnecessary */
    void skip(int skipped) {
        stepsLeft -= skipped;
    }

    void step(int tokens) {
        double took = lap();
        stepSeconds += took;
        steps++;
        stepsLeft--;
        stepTokens += tokens;
        double rate = tokens / Math.max(took, 1e-9);
        recentRate = Double.isNaN(recentRate) ? rate : 0.9 * recentRate + 0.1 * rate;
    }

    /** @param tokens of the rows' prompts and of all continuations compared */
    void rows(int scored, long tokens) {
        rowSeconds += lap();
        rows += scored;
        rowsLeft -= scored;
        rowTokens += tokens;
    }

    private double lap() {
        long now = now();
        double seconds = (now - last) / 1e9;
        last = now;
        return seconds;
    }

    /** Tokens a second, smoothed over about ten steps. */
    double recentTokensPerSecond() {
        return recentRate;
    }

    /** Tokens a second over all training steps. */
    double tokensPerSecond() {
        return steps == 0 ? Double.NaN : stepTokens / stepSeconds;
    }

    /** Estimated seconds of work left, NaN while unknown. */
    double secondsLeft() {
        if (steps == 0) {
            return Double.NaN;
        }
        double scoring = rows == 0 ? 0 : rowSeconds / rows * Math.max(0, rowsLeft);
        return stepSeconds / steps * Math.max(0, stepsLeft) + scoring;
    }
}
