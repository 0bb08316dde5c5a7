package craft.ui.chart;

import javafx.geometry.BoundingBox;
import javafx.geometry.Point2D;
import javafx.scene.Node;

/** Where the cells of a matrix are, for tests of the whole window. */
public final class ChartCells {
    private ChartCells() {
    }

    /** The middle of a cell on the screen; on the JavaFX thread. Row and column count from 0. */
    public static Point2D onScreen(Node matrix, int row, int column) {
        Point2D middle = ((MatrixCanvas) matrix).middle(row, column);
        var box = matrix.localToScreen(new BoundingBox(middle.getX(), middle.getY(), 0, 0));
        return new Point2D(box.getMinX(), box.getMinY());
    }
}
