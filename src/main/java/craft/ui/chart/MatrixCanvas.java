package craft.ui.chart;

import craft.ui.Theme;
import java.util.function.BiConsumer;
import javafx.geometry.VPos;
import javafx.scene.AccessibleRole;
import javafx.scene.canvas.Canvas;
import javafx.scene.canvas.GraphicsContext;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseEvent;
import javafx.scene.layout.Region;
import javafx.scene.paint.Color;
import javafx.scene.text.Font;
import javafx.scene.text.TextAlignment;

/**
 * A table of coloured cells with a number in each, drawn at once. Cells are chosen with the mouse or with the arrow
 * keys and Enter; what does not fit is shortened and told in full by a tooltip.
 */
final class MatrixCanvas extends Region {
    private static final double LEAST_WIDTH = 34;
    private static final double MOST_WIDTH = 128;
    private static final double LEAST_HEIGHT = 22;
    private static final double UPRIGHT_FROM = 60;
    private static final double ROW_NAMES_MOST = 200;
    private static final double ROW_NAMES_LEAST = 112;
    private static final double NAME_MOST = 140;

    enum Frame { NONE, FAINT, SOLID, DASHED }

    /**
     * @param fill null for none
     * @param ink colour of the text
     * @param left text at the left edge instead of the middle
     * @param number written in figures of equal width, otherwise words
     */
    record Cell(String text, Color fill, Color ink, Frame frame, boolean bold, boolean left, boolean number) {
        static Cell number(String text, Color fill, Frame frame) {
            return new Cell(text, fill, Palette.inkOn(fill), frame, false, false, true);
        }

        static Cell words(String text, Color ink, boolean bold, boolean left) {
            return new Cell(text, null, ink, Frame.NONE, bold, left, false);
        }

        static Cell plain(String text, Color fill, Color ink, Frame frame, boolean bold) {
            return new Cell(text, fill, ink, frame, bold, false, !bold);
        }
    }

    /** What is drawn. Rows and columns count from 0; a mark is the number of a task shown in its colour, 0 for none. */
    interface Model {
        int rows();

        int columns();

        String rowName(int row);

        String columnName(int column);

        int rowMark(int row);

        int columnMark(int column);

        Cell cell(int row, int column);

        String details(int row, int column);

        /** Width compared with a cell that holds a number. */
        default double share(int column) {
            return 1;
        }

        /** Whether the column holds words, which begin at its left edge, and not numbers. */
        default boolean words(int column) {
            return false;
        }

        /** Empty pixels left of the column. */
        default double gap(int column) {
            return 0;
        }
    }

    private static final Font NAMES = ChartStyle.font(ChartStyle.NUMBER_SIZE);
    private static final Font NAMES_BOLD = ChartStyle.bold(ChartStyle.NUMBER_SIZE);
    private static final Font NUMBERS = ChartStyle.numbers(ChartStyle.NUMBER_SIZE);

    private final Canvas canvas = new Canvas();
    private final HoverTip tip = new HoverTip(this);
    private final double mostHeight;
    private Model model;
    private BiConsumer<Integer, Integer> chosen = (row, column) -> { };
    private int focusRow = -1;
    private int focusColumn = -1;
    private int selectedRow = -1;
    private int selectedColumn = -1;
    private double headWidth;
    private double headHeight;
    private double cellHeight;
    private double[] left = new double[0];
    private double[] width = new double[0];
    private boolean upright;

    /** @param mostHeight of a row; rows share the room below that */
    MatrixCanvas(double mostHeight) {
        this.mostHeight = mostHeight;
        canvas.setManaged(false);
        getChildren().add(canvas);
        setFocusTraversable(true);
        setAccessibleRole(AccessibleRole.IMAGE_VIEW);
        setOnMouseMoved(this::hover);
        setOnMousePressed(this::press);
        setOnKeyPressed(this::key);
        focusedProperty().addListener((o, was, is) -> draw());
    }

    void onChosen(BiConsumer<Integer, Integer> rowAndColumn) {
        chosen = rowAndColumn;
    }

    void show(Model newModel) {
        boolean sameShape = model != null && model.rows() == newModel.rows() && model.columns() == newModel.columns();
        model = newModel;
        if (!sameShape) {
            focusRow = Math.min(focusRow, model.rows() - 1);
            focusColumn = Math.min(focusColumn, model.columns() - 1);
            selectedRow = -1;
            selectedColumn = -1;
        }
        requestLayout();
        if (getWidth() > 0) {
            layOut();
            draw();
        }
    }

    @Override
    protected double computeMinWidth(double height) {
        return model == null ? 0 : Math.min(ROW_NAMES_LEAST, widestRowName()) + shares() * LEAST_WIDTH + gaps();
    }

    @Override
    protected double computePrefWidth(double height) {
        return computeMinWidth(height);
    }

    @Override
    protected double computeMinHeight(double w) {
        return model == null ? 0 : 24 + model.rows() * LEAST_HEIGHT + 1;
    }

    @Override
    protected double computePrefHeight(double w) {
        return model == null ? 0 : 32 + model.rows() * mostHeight;
    }

    @Override
    protected void layoutChildren() {
        if (canvas.getWidth() != getWidth() || canvas.getHeight() != getHeight()) {
            canvas.setWidth(getWidth());
            canvas.setHeight(getHeight());
        }
        layOut();
        draw();
    }

    private double shares() {
        double sum = 0;
        for (int c = 0; c < model.columns(); c++) {
            sum += model.share(c);
        }
        return sum;
    }

    private double gaps() {
        double sum = 0;
        for (int c = 0; c < model.columns(); c++) {
            sum += model.gap(c);
        }
        return sum;
    }

    private double widestRowName() {
        double widest = 0;
        for (int r = 0; r < model.rows(); r++) {
            widest = Math.max(widest, 22 + ChartStyle.width(model.rowName(r), NAMES) + 12);
        }
        return Math.ceil(widest);
    }

    /** Names of rows get what they need, up to a quarter of the width, as long as the cells fit beside them. */
    private double rowNamesWidth() {
        double room = Math.min(getWidth() * 0.27, getWidth() - gaps() - shares() * LEAST_WIDTH);
        return Math.floor(Math.min(widestRowName(), Math.max(ROW_NAMES_LEAST, Math.min(ROW_NAMES_MOST, room))));
    }

    private void layOut() {
        if (model == null) {
            return;
        }
        headWidth = rowNamesWidth();
        double unit = Math.min(MOST_WIDTH, Math.floor((getWidth() - headWidth - gaps()) / Math.max(1, shares())));
        unit = Math.max(LEAST_WIDTH, unit);
        left = new double[model.columns()];
        width = new double[model.columns()];
        double x = headWidth;
        double longest = 0;
        for (int c = 0; c < model.columns(); c++) {
            x += model.gap(c);
            left[c] = x;
            width[c] = Math.floor(unit * model.share(c));
            x += width[c];
            longest = model.columnMark(c) == 0 ? longest
                    : Math.max(longest, Math.min(NAME_MOST, ChartStyle.width(model.columnName(c), NAMES)));
        }
        upright = unit < UPRIGHT_FROM && longest + 18 > unit;
        headHeight = upright && longest > 0 ? Math.ceil(longest * 0.71 + 32) : 24;
        cellHeight = Math.floor((getHeight() - headHeight - 1) / Math.max(1, model.rows()));
        cellHeight = Math.max(LEAST_HEIGHT, Math.min(mostHeight, cellHeight));
    }

    private void draw() {
        GraphicsContext g = canvas.getGraphicsContext2D();
        g.clearRect(0, 0, canvas.getWidth(), canvas.getHeight());
        if (model == null || model.rows() == 0) {
            return;
        }
        ChartStyle style = ChartStyle.of(Theme.dark().get());
        g.setTextBaseline(VPos.CENTER);
        for (int c = 0; c < model.columns(); c++) {
            drawColumnName(g, style, c);
        }
        for (int r = 0; r < model.rows(); r++) {
            drawRowName(g, style, r);
            for (int c = 0; c < model.columns(); c++) {
                drawCell(g, style, model.cell(r, c), left[c], top(r), width[c]);
            }
        }
        for (int r = 0; r < model.rows(); r++) {
            for (int c = 0; c < model.columns(); c++) {
                drawFrame(g, style, model.cell(r, c), left[c], top(r), width[c]);
            }
        }
        outline(g, style.accent(), selectedRow, selectedColumn, 3);
        if (isFocused()) {
            outline(g, style.accent(), focusRow, focusColumn, 2);
        }
    }

    private double top(int row) {
        return headHeight + row * cellHeight;
    }

    private void drawColumnName(GraphicsContext g, ChartStyle style, int c) {
        int mark = model.columnMark(c);
        double markWidth = mark > 0 ? 18 : 0;
        String name = model.columnName(c);
        if (upright && mark > 0) {
            double middle = left[c] + (width[c] - 1) / 2;
            mark(g, style, mark, middle, headHeight - 11);
            g.save();
            g.translate(middle - 1, headHeight - 22);
            g.rotate(-45);
            drawName(g, style, 0, name, 0, 0, NAME_MOST);
            g.restore();
            return;
        }
        double room = width[c] - markWidth - (mark > 0 ? 8 : 2);
        double wide = markWidth + ChartStyle.width(ChartStyle.elide(name, NAMES, room), NAMES);
        double x = model.words(c) ? left[c] + 8 : left[c] + Math.max(1, (width[c] - 1 - wide) / 2);
        drawName(g, style, mark, name, x, headHeight - 13, room);
    }

    private void drawRowName(GraphicsContext g, ChartStyle style, int r) {
        drawName(g, style, model.rowMark(r), model.rowName(r), 0, top(r) + cellHeight / 2,
                headWidth - (model.rowMark(r) > 0 ? 18 : 0) - 8);
    }

    /** A coloured square with the task's number in it, then the name. */
    private static void drawName(GraphicsContext g, ChartStyle style, int mark, String name, double x, double y,
            double room) {
        double at = x;
        if (mark > 0) {
            mark(g, style, mark, at + 7, y);
            at += 18;
        }
        g.setTextAlign(TextAlignment.LEFT);
        g.setFont(NAMES);
        g.setFill(style.text());
        g.fillText(ChartStyle.elide(name, NAMES, room), at, y);
    }

    /** The mark of a task: its number on its colour. */
    static void mark(GraphicsContext g, ChartStyle style, int task, double cx, double cy) {
        Color fill = style.task(task);
        g.setFill(fill);
        g.fillRoundRect(cx - 7, cy - 7, 14, 14, 4, 4);
        g.setFill(Palette.inkOn(fill));
        g.setFont(ChartStyle.bold(9.5));
        g.setTextAlign(TextAlignment.CENTER);
        g.fillText(Integer.toString(task), cx, cy);
    }

    private void drawCell(GraphicsContext g, ChartStyle style, Cell cell, double x, double y, double w) {
        if (cell == null) {
            g.setFill(style.subtle());
            g.fillRect(x, y, w - 1, cellHeight - 1);
            return;
        }
        if (cell.fill() != null) {
            g.setFill(cell.fill());
            g.fillRect(x, y, w - 1, cellHeight - 1);
        }
        Font font = cell.bold() ? NAMES_BOLD : cell.number() ? NUMBERS : NAMES;
        g.setFont(font);
        g.setFill(cell.ink());
        String text = ChartStyle.elide(cell.text(), font, w - 6);
        g.setTextAlign(cell.left() ? TextAlignment.LEFT : TextAlignment.CENTER);
        g.fillText(text, cell.left() ? x + 8 : x + (w - 1) / 2, y + (cellHeight - 1) / 2);
    }

    private void drawFrame(GraphicsContext g, ChartStyle style, Cell cell, double x, double y, double w) {
        if (cell == null || cell.frame() == Frame.NONE) {
            return;
        }
        if (cell.frame() == Frame.FAINT) {
            g.setLineDashes((double[]) null);
            g.setLineWidth(1);
            g.setStroke(style.muted());
            g.strokeRect(x + 0.5, y + 0.5, w - 2, cellHeight - 2);
            return;
        }
        // Two lines, so that the frame is seen on dark and on bright cells.
        g.setLineDashes(cell.frame() == Frame.DASHED ? new double[] {4, 3} : null);
        g.setLineWidth(2);
        g.setStroke(style.text());
        g.strokeRect(x + 1, y + 1, w - 3, cellHeight - 3);
        g.setLineDashes((double[]) null);
        if (cell.frame() == Frame.SOLID) {
            g.setLineWidth(1);
            g.setStroke(style.background());
            g.strokeRect(x + 2.5, y + 2.5, w - 6, cellHeight - 6);
        }
    }

    private void outline(GraphicsContext g, Color color, int row, int column, double line) {
        if (row < 0 || column < 0 || row >= model.rows() || column >= model.columns()) {
            return;
        }
        g.setLineDashes((double[]) null);
        g.setStroke(color);
        g.setLineWidth(line);
        g.strokeRect(left[column] - 0.5, top(row) - 0.5, width[column], cellHeight);
    }

    /** The middle of a cell in this node's coordinates. */
    javafx.geometry.Point2D middle(int row, int column) {
        return new javafx.geometry.Point2D(left[column] + width[column] / 2, top(row) + cellHeight / 2);
    }

    private int rowAt(double y) {
        int row = (int) Math.floor((y - headHeight) / cellHeight);
        return model != null && row >= 0 && row < model.rows() ? row : -1;
    }

    private int columnAt(double x) {
        for (int c = 0; c < left.length; c++) {
            if (x >= left[c] && x < left[c] + width[c]) {
                return c;
            }
        }
        return -1;
    }

    private void hover(MouseEvent e) {
        int row = rowAt(e.getY());
        int column = columnAt(e.getX());
        if (model == null || row < 0 && column < 0) {
            tip.at("");
        } else if (row >= 0 && column >= 0) {
            tip.at(model.details(row, column));
        } else if (column >= 0) {
            tip.at(e.getY() < headHeight ? model.columnName(column) : "");
        } else {
            tip.at(e.getX() < headWidth ? model.rowName(row) : "");
        }
    }

    private void press(MouseEvent e) {
        requestFocus();
        int row = rowAt(e.getY());
        int column = columnAt(e.getX());
        if (row >= 0 && column >= 0) {
            focusRow = row;
            focusColumn = column;
            choose();
        }
    }

    private void choose() {
        selectedRow = focusRow;
        selectedColumn = focusColumn;
        tell();
        draw();
        chosen.accept(selectedRow, selectedColumn);
    }

    private void key(KeyEvent e) {
        if (model == null || model.rows() == 0 || model.columns() == 0) {
            return;
        }
        int row = Math.max(0, focusRow);
        int column = Math.max(0, focusColumn);
        switch (e.getCode()) {
            case UP -> row = Math.max(0, row - 1);
            case DOWN -> row = Math.min(model.rows() - 1, focusRow < 0 ? 0 : row + 1);
            case LEFT -> column = Math.max(0, column - 1);
            case RIGHT -> column = Math.min(model.columns() - 1, focusColumn < 0 ? 0 : column + 1);
            case ENTER, SPACE -> {
                focusRow = row;
                focusColumn = column;
                choose();
                e.consume();
                return;
            }
            default -> {
                return;
            }
        }
        focusRow = row;
        focusColumn = column;
        tell();
        draw();
        e.consume();
    }

    /** What a screen reader reads. */
    private void tell() {
        setAccessibleText(model.rowName(focusRow) + ", " + model.columnName(focusColumn) + ": "
                + model.details(focusRow, focusColumn));
    }
}
