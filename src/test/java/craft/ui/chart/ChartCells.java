package craft.ui.chart;

import craft.experiment.AccuracyMatrix;
import craft.ui.Picture;
import javafx.geometry.BoundingBox;
import javafx.geometry.Point2D;
import javafx.scene.Node;

/** Where the cells of a matrix are, for tests of the whole window. */
public final class ChartCells {
    private ChartCells() {
    }

    /** Fails unless every cell that was measured after its own training has the colour of its score; the picture is the matrix's alone. */
    public static void assertScores(Picture picture, Node matrix, AccuracyMatrix scores) {
        for (int after = 1; after <= scores.tasks(); after++) {
            for (int task = 1; task <= after; task++) {
                Point2D middle = ((MatrixCanvas) matrix).middle(after, task - 1);
                if (!Double.isNaN(scores.get(after, task))) {
                    picture.assertColour(middle.getX(), middle.getY() - 9, Palette.viridis(scores.get(after, task)),
                            "score of task " + task + " after " + after);
                }
            }
        }
    }

    /** The middle of a cell on the screen; on the JavaFX thread. Row and column count from 0. */
    public static Point2D onScreen(Node matrix, int row, int column) {
        Point2D middle = ((MatrixCanvas) matrix).middle(row, column);
        var box = matrix.localToScreen(new BoundingBox(middle.getX(), middle.getY(), 0, 0));
        return new Point2D(box.getMinX(), box.getMinY());
    }
}
