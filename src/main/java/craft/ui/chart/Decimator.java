package craft.ui.chart;

import java.util.Arrays;

/** Thins out a series for drawing without losing its peaks. */
final class Decimator {

    /** A series ready to be drawn; both arrays have the same length. */
    record Points(double[] x, double[] y) {
        int size() {
            return x.length;
        }
    }

    private Decimator() {
    }

    /**
     * The finite values of {@code [from, to)}, at most {@code most} of them: of each of most / 2 stretches its lowest
     * and highest value, in their order.
     *
     * @param shift added to every x
     */
    static Points minMax(double[] x, double[] y, int from, int to, double shift, int most) {
        int count = to - from;
        int buckets = Math.max(1, most / 2);
        int room = count <= buckets * 2 ? count : buckets * 2;
        double[] outX = new double[Math.max(0, room)];
        double[] outY = new double[outX.length];
        int size = 0;
        if (count <= buckets * 2) {
            for (int i = from; i < to; i++) {
                size = put(x, y, i, shift, outX, outY, size);
            }
        } else {
            for (int b = 0; b < buckets; b++) {
                int low = -1;
                int high = -1;
                int end = from + (int) ((long) count * (b + 1) / buckets);
                for (int i = from + (int) ((long) count * b / buckets); i < end; i++) {
                    if (!Double.isFinite(y[i])) {
                        continue;
                    }
                    low = low < 0 || y[i] < y[low] ? i : low;
                    high = high < 0 || y[i] > y[high] ? i : high;
                }
                if (low >= 0) {
                    size = put(x, y, Math.min(low, high), shift, outX, outY, size);
                    if (low != high) {
                        size = put(x, y, Math.max(low, high), shift, outX, outY, size);
                    }
                }
            }
        }
        return new Points(Arrays.copyOf(outX, size), Arrays.copyOf(outY, size));
    }

    private static int put(double[] x, double[] y, int i, double shift, double[] outX, double[] outY, int size) {
        if (!Double.isFinite(y[i])) {
            return size;
        }
        outX[size] = x[i] + shift;
        outY[size] = y[i];
        return size + 1;
    }
}
