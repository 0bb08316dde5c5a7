package craft.ui.routing;

import craft.experiment.RunEvent.RoutingDecided;
import craft.experiment.RunState;
import craft.ui.Looks;
import craft.ui.View;
import craft.ui.ViewId;
import craft.ui.WorkbenchModel;
import craft.ui.chart.RoutingView;
import craft.ui.text.Numbers;
import craft.ui.text.Words;
import javafx.scene.Node;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** The picture of the routing; the inspector has its decisions in words. */
public final class RoutingScreen implements View {
    private final Words words = Words.of("run");
    private final StackPane root = new StackPane();
    private final VBox inspector = new VBox(3 * Looks.GRID);
    private final Node inspectorNode = Looks.scroll(inspector);
    private final RoutingView picture = new RoutingView();
    private final Subscription subscriptions;
    private Subscription ofRun = Subscription.EMPTY;
    private int told = -1;

    public RoutingScreen(WorkbenchModel workbench) {
        inspector.getStyleClass().add("inspector-body");
        VBox.setVgrow(picture.node(), Priority.ALWAYS);
        VBox content = new VBox(Looks.header(Words.of("shell").get("view.routing")), picture.node());
        content.getStyleClass().add("view");
        Node empty = Looks.empty(ViewId.ROUTING.icon(), words.get("routing.title"), words.get("routing.text"),
                Looks.button(words.get("empty.recent"), ViewId.RUNS.icon(), () -> workbench.view().set(ViewId.RUNS)));
        subscriptions = workbench.shown().subscribe(run -> {
            ofRun.unsubscribe();
            told = -1;
            root.getChildren().setAll(run == null ? empty : content);
            if (run == null) {
                inspect(new RunState());
            } else {
                ofRun = run.revision().subscribe(revision -> {
                    picture.show(run.state());
                    inspect(run.state());
                });
            }
        });
    }

    private void inspect(RunState state) {
        if (state.routings().size() == told) {
            return;
        }
        told = state.routings().size();
        inspector.getChildren().setAll(Looks.section(words.get("routing.how"),
                Looks.paragraph(words.get("routing.how.text"))));
        if (told > 0) {
            VBox decisions = Looks.section(words.get("decision"));
            state.routings().forEach(r -> decisions.getChildren().add(Looks.paragraph(sentence(state, r))));
            inspector.getChildren().add(decisions);
        }
    }

    private String sentence(RunState state, RoutingDecided r) {
        String task = state.tasks().get(r.task() - 1).name();
        if (r.nearest() == 0) {
            return words.get("decision.first", task, r.group());
        }
        double d = r.divergences().get(r.nearest() - 1);
        String key = r.opened() ? "decision.open" : d <= r.threshold() ? "decision.join" : "decision.full";
        return words.get(key, task, r.group(), Numbers.fixed(d, 3), Numbers.fixed(r.threshold(), 3));
    }

    @Override
    public Node node() {
        return root;
    }

    @Override
    public Node inspector() {
        return inspectorNode;
    }

    @Override
    public void dispose() {
        ofRun.unsubscribe();
        subscriptions.unsubscribe();
    }
}
