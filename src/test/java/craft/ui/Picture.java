package craft.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import javafx.geometry.BoundingBox;
import javafx.geometry.Bounds;
import javafx.scene.Scene;
import javafx.scene.paint.Color;

/** A picture, and what can be seen in it. Areas and points count pixels from its upper left corner, as a scene does. */
public final class Picture {
    private final BufferedImage image;

    public Picture(BufferedImage image) {
        this.image = image;
    }

    /** A picture of the scene, kept for people as well; on the JavaFX thread. */
    public static Picture take(Scene scene, String name) {
        return new Picture(Screenshots.take(scene, name));
    }

    public Bounds all() {
        return new BoundingBox(0, 0, image.getWidth(), image.getHeight());
    }

    public Color at(double x, double y) {
        int rgb = image.getRGB((int) x, (int) y);
        return Color.rgb(rgb >> 16 & 255, rgb >> 8 & 255, rgb & 255);
    }

    private IntStream pixels(Bounds area) {
        int x = Math.max(0, (int) area.getMinX());
        int y = Math.max(0, (int) area.getMinY());
        int w = Math.min(image.getWidth(), (int) Math.ceil(area.getMaxX())) - x;
        int h = Math.min(image.getHeight(), (int) Math.ceil(area.getMaxY())) - y;
        return w <= 0 || h <= 0 ? IntStream.empty() : Arrays.stream(image.getRGB(x, y, w, h, null, 0, w)).map(rgb -> rgb & 0xffffff);
    }

    /** The colour that most of the area has. */
    public Color ground(Bounds area) {
        Map<Integer, Integer> counts = new HashMap<>();
        pixels(area).forEach(rgb -> counts.merge(rgb, 1, Integer::sum));
        int most = counts.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
        return Color.rgb(most >> 16, most >> 8 & 255, most & 255);
    }

    /** Share of the area that is not its ground: what is written and drawn there. */
    public double ink(Bounds area) {
        Color ground = ground(area);
        return pixels(area).filter(rgb -> distance(rgb, ground) > 0.08).count() / (double) Math.max(1, pixels(area).count());
    }

    /** Pixels of about that colour. */
    public long of(Color color, Bounds area) {
        return pixels(area).filter(rgb -> distance(rgb, color) < 0.06).count();
    }

    /** Mean brightness, 0 black to 1 white. */
    public double brightness() {
        return pixels(all()).mapToDouble(rgb -> (0.2126 * (rgb >> 16) + 0.7152 * (rgb >> 8 & 255) + 0.0722 * (rgb & 255)) / 255)
                .average().orElseThrow();
    }

    /** Pixels of the area in which two pictures of one size differ. */
    public long differences(Picture other, Bounds area) {
        int[] mine = pixels(area).toArray();
        int[] its = other.pixels(area).toArray();
        return IntStream.range(0, mine.length).filter(i -> mine[i] != its[i]).count();
    }

    /** A dark picture is dark and a light one light, and something stands on its ground. */
    public void assertTheme(boolean dark) {
        assertThat(brightness()).as("brightness").isBetween(dark ? 0.02 : 0.75, dark ? 0.30 : 0.998);
    }

    /** Fails unless the pixel has about that colour. */
    public void assertColour(double x, double y, Color color, String what) {
        Color seen = at(x, y);
        assertThat(distance(seen, color)).as("%s is %s at %.0f, %.0f where %s belongs", what, seen, x, y, color).isLessThan(0.03);
    }

    private static double distance(int rgb, Color color) {
        return distance(Color.rgb(rgb >> 16, rgb >> 8 & 255, rgb & 255), color);
    }

    private static double distance(Color a, Color b) {
        return Math.max(Math.abs(a.getRed() - b.getRed()), Math.max(Math.abs(a.getGreen() - b.getGreen()), Math.abs(a.getBlue() - b.getBlue())));
    }
}
