package craft.experiment;

/**
 * Speed and remaining time of a run, from what it has done so far: optimiser steps and scored rows, each with the mean time
 * one of them took.
 */
final class Clock {
    private final Gate gate;
    private final long begin = System.nanoTime();
    private int stepsLeft;
    private int rowsLeft;
    private double stepSeconds;
    private int steps;
    private double rowSeconds;
    private int rows;
    private long tokens;
    private long last;
    private double recentRate = Double.NaN;

    Clock(Gate gate, int plannedSteps, int plannedRows) {
        this.gate = gate;
        this.stepsLeft = plannedSteps;
        this.rowsLeft = plannedRows;
        this.last = now();
    }

    /** Nanoseconds worked, pauses left out. */
    private long now() {
        return System.nanoTime() - begin - gate.pausedNanos();
    }

    double seconds() {
        return now() / 1e9;
    }

    /** Work other than steps and rows was done: leave its time out of their means. */
    void other() {
        last = now();
    }

    /** @param skipped planned steps that a stopping rule made unnecessary */
    void skip(int skipped) {
        stepsLeft -= skipped;
    }

    void step(int stepTokens) {
        double took = lap();
        stepSeconds += took;
        steps++;
        stepsLeft--;
        tokens += stepTokens;
        double rate = stepTokens / Math.max(took, 1e-9);
        recentRate = Double.isNaN(recentRate) ? rate : 0.9 * recentRate + 0.1 * rate;
    }

    void rows(int scored) {
        rowSeconds += lap();
        rows += scored;
        rowsLeft -= scored;
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
        return steps == 0 ? Double.NaN : tokens / stepSeconds;
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
