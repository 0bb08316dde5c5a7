package craft.ui;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javafx.embed.swing.SwingFXUtils;
import javafx.scene.Scene;
import javax.imageio.ImageIO;

/** Pictures of scenes in {@code target/screenshots}. */
public final class Screenshots {
    public static final Path FOLDER = Path.of("target", "screenshots");

    private Screenshots() {
    }

    /** Takes a picture; on the JavaFX thread. */
    public static BufferedImage take(Scene scene, String name) {
        scene.getRoot().applyCss();
        scene.getRoot().layout();
        BufferedImage picture = SwingFXUtils.fromFXImage(scene.snapshot(null), null);
        try {
            Files.createDirectories(FOLDER);
            ImageIO.write(picture, "png", FOLDER.resolve(name + ".png").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return picture;
    }
}
