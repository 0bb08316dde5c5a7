package craft.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javafx.embed.swing.SwingFXUtils;
import javafx.geometry.Bounds;
import javafx.geometry.VPos;
import javafx.scene.Group;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.Scene;
import javafx.scene.control.Control;
import javafx.scene.control.Labeled;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TableView;
import javafx.scene.control.ListView;
import javafx.scene.control.TextInputControl;
import javafx.scene.input.MouseButton;
import javafx.scene.input.MouseEvent;
import javafx.scene.text.Font;
import javafx.scene.text.Text;

/** The texts that can be seen in a scene, and whether they can be read. All on the JavaFX thread, after layout. */
public final class Texts {
    /** Half a pixel of rounding on either side, and one of the font's side bearing. */
    private static final double SLACK = 1.5;
    private static final Map<Font, Map<Character, int[]>> DRAWN = new HashMap<>();

    private Texts() {
    }

    /** Fails if a text is shortened with an ellipsis, cut by what holds it, or lies beyond the window. */
    public static void assertWhole(Scene scene, String where) {
        assertThat(cut(scene)).as("texts that cannot be read in " + where).isEmpty();
    }

    static List<String> cut(Scene scene) {
        List<String> cut = new ArrayList<>();
        for (Node node : scene.getRoot().lookupAll("*")) {
            if (node instanceof Labeled label && seen(label) && label.getText() != null && !label.getText().isBlank() && inSight(label)) {
                Text text = drawn(label);
                if (text == null) {
                    continue; // shows a graphic only
                }
                if (!text.getText().equals(label.getText())) {
                    if (!toldByTooltip(label)) {
                        cut.add("\"" + label.getText() + "\" is shortened to \"" + text.getText() + "\" in " + where(label));
                    }
                } else if (!holds(label, text) || !inWindow(text)) {
                    cut.add("\"" + label.getText() + "\" is cut in " + where(label));
                }
            } else if (node instanceof Text text && !(node.getParent() instanceof Labeled) && !typed(text) && seen(text) && inSight(text) && !inWindow(text)) {
                cut.add("\"" + text.getText() + "\" lies beyond the window");
            }
        }
        return cut;
    }

    /** Fails if a Hangul letter on show comes out as the box that stands for a letter the font lacks. */
    public static void assertHangul(Scene scene, String where) {
        Set<String> boxes = new TreeSet<>();
        int letters = 0;
        for (Node node : scene.getRoot().lookupAll("*")) {
            if (node instanceof Text text && seen(text)) {
                for (char c : text.getText().toCharArray()) {
                    if (c >= '\uAC00' && c <= '\uD7A3') {
                        letters++;
                        if (Arrays.equals(draw(text.getFont(), c), draw(text.getFont(), '\uE0F3'))) {
                            boxes.add(c + " in " + text.getFont().getName());
                        }
                    }
                }
            }
        }
        assertThat(letters).as("Hangul letters in " + where).isGreaterThan(20);
        assertThat(boxes).as("letters drawn as boxes in " + where).isEmpty();
    }

    private static int[] draw(Font font, char c) {
        return DRAWN.computeIfAbsent(font, f -> new HashMap<>()).computeIfAbsent(c, letter -> {
            Text text = new Text(String.valueOf(letter));
            text.setFont(new Font(font.getName(), 24));
            text.setTextOrigin(VPos.TOP);
            BufferedImage image = SwingFXUtils.fromFXImage(new Scene(new Group(text), 40, 40).snapshot(null), null);
            return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        });
    }

    private static Text drawn(Labeled label) {
        return label.getChildrenUnmodifiable().stream().filter(n -> n instanceof Text && n != label.getGraphic() && n.isVisible()).map(Text.class::cast).findFirst()
                .orElse(null);
    }

    /** What stands in a field of input is scrolled by whoever types there. */
    private static boolean typed(Node node) {
        return node != null && (node instanceof TextInputControl || typed(node.getParent()));
    }

    private static boolean seen(Node node) {
        return node == null || node.isVisible() && node.getOpacity() > 0 && seen(node.getParent());
    }

    /** What a list or a scrolled page has outside of its port can be scrolled to. */
    private static boolean inSight(Node node) {
        Bounds own = node.localToScene(node.getBoundsInLocal());
        for (Parent p = node.getParent(); p != null; p = p.getParent()) {
            if (p instanceof ScrollPane || p instanceof TableView || p instanceof ListView) {
                Bounds port = p.localToScene(p.getLayoutBounds());
                if (own.getMaxY() > port.getMaxY() - 1 || own.getMinY() < port.getMinY()) {
                    return false;
                }
            }
        }
        return own.getWidth() > 0;
    }

    private static boolean holds(Labeled label, Text text) {
        Bounds own = label.localToScene(label.getLayoutBounds());
        Bounds drawn = text.localToScene(text.getLayoutBounds());
        return drawn.getMinX() >= own.getMinX() - SLACK && drawn.getMaxX() <= own.getMaxX() + SLACK
                && drawn.getMinY() >= own.getMinY() - SLACK && drawn.getMaxY() <= own.getMaxY() + SLACK;
    }

    /** Within the window and all that clips on the way to it. */
    private static boolean inWindow(Node text) {
        Bounds drawn = text.localToScene(text.getLayoutBounds());
        for (Parent p = text.getParent(); p != null; p = p.getParent()) {
            if (p.getClip() != null || p.getParent() == null) {
                Bounds port = p.localToScene(p.getParent() == null ? p.getLayoutBounds() : p.getClip().getBoundsInParent());
                if (drawn.getMinX() < port.getMinX() - SLACK || drawn.getMaxX() > port.getMaxX() + SLACK
                        || drawn.getMinY() < port.getMinY() - SLACK || drawn.getMaxY() > port.getMaxY() + SLACK) {
                    return false;
                }
            }
        }
        return true;
    }

    /** A user's own text may be long; then all of it is said when the pointer rests on it. */
    private static boolean toldByTooltip(Labeled label) {
        label.fireEvent(new MouseEvent(MouseEvent.MOUSE_ENTERED, 1, 1, 1, 1, MouseButton.NONE, 0, false, false, false, false, false, false,
                false, true, false, true, null));
        for (Node p = label; p != null; p = p.getParent()) {
            if (p instanceof Control control && control.getTooltip() != null
                    && flat(control.getTooltip().getText()).contains(flat(label.getText()).substring(0, Math.min(200, flat(label.getText()).length())))) {
                return true;
            }
        }
        return false;
    }

    private static String flat(String text) {
        return text == null ? "" : text.replaceAll("\\s+", " ").strip();
    }

    private static String where(Node node) {
        List<String> path = new ArrayList<>();
        for (Node p = node; p != null && path.size() < 4; p = p.getParent()) {
            path.add(p.getId() != null ? "#" + p.getId() : p.getStyleClass().stream().collect(Collectors.joining(".", ".", "")));
        }
        return String.join(" < ", path);
    }
}
