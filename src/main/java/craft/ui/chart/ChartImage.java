package craft.ui.chart;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.nio.IntBuffer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javafx.animation.PauseTransition;
import javafx.application.Platform;
import javafx.scene.image.ImageView;
import javafx.scene.image.PixelBuffer;
import javafx.scene.image.PixelFormat;
import javafx.scene.image.WritableImage;
import javafx.scene.layout.Region;
import javafx.util.Duration;

/**
 * A picture drawn with Java2D on a background thread, so that the window stays quick while a run sends steps. At most
 * one picture in 40 ms and at most a quarter of the drawing thread's time; what is asked for in between is drawn once.
 *
 * @param <R> what a drawing tells about itself, for example where its axes lie
 */
final class ChartImage<R> extends Region {
    /** Property of the node: true from when a picture is asked for until it is on screen. */
    private static final String PENDING = "pending";
    private static final int LEAST_MILLIS = 40;
    private static final ExecutorService PAINTER = Executors.newSingleThreadExecutor(r -> {
        Thread thread = new Thread(r, "craft-charts");
        thread.setDaemon(true);
        thread.setPriority(Thread.MIN_PRIORITY);
        return thread;
    });

    /** Draws into {@code [0, width) x [0, height)} pixels of the window; any thread. */
    interface Drawing<R> {
        R draw(Graphics2D g, double width, double height);
    }

    private final ImageView view = new ImageView();
    private final Supplier<Drawing<R>> newest;
    private final Consumer<R> drawn;
    private final PauseTransition later = new PauseTransition();
    private BufferedImage canvas;
    private PixelBuffer<IntBuffer> pixels;
    private boolean busy;
    private boolean wanted;
    private long notBefore;

    /**
     * @param newest asked on the JavaFX thread for what is to be drawn now
     * @param drawn told on the JavaFX thread when it is on screen
     */
    ChartImage(Supplier<Drawing<R>> newest, Consumer<R> drawn) {
        this.newest = newest;
        this.drawn = drawn;
        view.setManaged(false);
        view.setSmooth(false);
        getChildren().add(view);
        setMinSize(0, 0);
        later.setOnFinished(e -> attempt());
        sceneProperty().addListener((o, was, is) -> redraw());
    }

    @Override
    protected void layoutChildren() {
        if (canvas == null || view.getFitWidth() != getWidth() || view.getFitHeight() != getHeight()) {
            redraw();
        }
    }

    /** Asks for a new picture; cheap, and any number of calls make one. On the JavaFX thread. */
    void redraw() {
        wanted = true;
        getProperties().put(PENDING, true);
        attempt();
    }

    private void attempt() {
        if (busy || !wanted || getScene() == null || getWidth() < 1 || getHeight() < 1) {
            return;
        }
        long wait = (notBefore - System.nanoTime()) / 1_000_000;
        if (wait > 0) {
            later.setDuration(Duration.millis(wait));
            later.playFromStart();
            return;
        }
        wanted = false;
        busy = true;
        double width = getWidth();
        double height = getHeight();
        double scale = getScene().getWindow() == null ? 1 : getScene().getWindow().getRenderScaleX();
        int w = (int) Math.ceil(width * scale);
        int h = (int) Math.ceil(height * scale);
        Drawing<R> drawing = newest.get();
        BufferedImage image = canvas != null && canvas.getWidth() == w && canvas.getHeight() == h ? canvas
                : new BufferedImage(w, h, BufferedImage.TYPE_INT_ARGB_PRE);
        PAINTER.execute(() -> {
            long begin = System.nanoTime();
            R result = null;
            Throwable failure = null;
            Graphics2D g = image.createGraphics();
            try {
                g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
                g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
                g.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
                g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
                g.scale(scale, scale);
                result = drawing.draw(g, width, height);
            } catch (RuntimeException | Error e) {
                failure = e;
            } finally {
                g.dispose();
            }
            long took = System.nanoTime() - begin;
            R told = result;
            Throwable broken = failure;
            Platform.runLater(() -> finish(image, width, height, told, broken, begin, took));
        });
    }

    private void finish(BufferedImage image, double width, double height, R result, Throwable failure,
            long begin, long took) {
        busy = false;
        getProperties().put(PENDING, wanted);
        notBefore = begin + Math.max(LEAST_MILLIS * 1_000_000L, took * 4);
        if (failure != null) {
            throw new IllegalStateException("A picture could not be drawn", failure);
        }
        int[] data = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
        if (image != canvas) {
            canvas = image;
            pixels = new PixelBuffer<>(image.getWidth(), image.getHeight(), IntBuffer.allocate(data.length),
                    PixelFormat.getIntArgbPreInstance());
            view.setImage(new WritableImage(pixels));
        }
        pixels.getBuffer().rewind();
        pixels.getBuffer().put(data).rewind();
        pixels.updateBuffer(b -> null);
        view.setFitWidth(width);
        view.setFitHeight(height);
        drawn.accept(result);
        attempt();
    }
}
