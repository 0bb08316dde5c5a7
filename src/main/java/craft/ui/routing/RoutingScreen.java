package craft.ui.routing;

import craft.experiment.MethodFacts;
import craft.experiment.RunEvent.RoutingDecided;
import craft.experiment.RunState;
import craft.ui.Looks;
import craft.ui.View;
import craft.ui.ViewId;
import craft.ui.WorkbenchModel;
import craft.ui.chart.Formula;
import craft.ui.chart.RoutingView;
import craft.ui.text.Numbers;
import craft.ui.text.Words;
import javafx.scene.Node;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;

/** The picture of the routing; the inspector has its decisions in words. */
public final class RoutingScreen implements View {
    private static final double TEXT_SIZE = 13;

    private final Words words = Words.of("run");
    private final Words methodWords = Words.of("method");
    private final StackPane root = new StackPane();
    private final VBox inspector = new VBox(3 * Looks.GRID);
    private final Node inspectorNode = Looks.scroll(inspector);
    private final RoutingView picture = new RoutingView();
    private final Subscription subscriptions;
    private Subscription ofRun = Subscription.EMPTY;
    private String told = "";

    public RoutingScreen(WorkbenchModel workbench) {
        inspector.getStyleClass().add("inspector-body");
        VBox.setVgrow(picture.node(), Priority.ALWAYS);
        VBox content = new VBox(Looks.header(Words.of("shell").get("view.routing")), picture.node());
        content.getStyleClass().add("view");
        Node empty = Looks.empty(ViewId.ROUTING.icon(), words.get("routing.title"), words.get("routing.text"),
                Looks.button(words.get("empty.recent"), ViewId.RUNS.icon(), () -> workbench.view().set(ViewId.RUNS)));
        subscriptions = workbench.shown().subscribe(run -> {
            ofRun.unsubscribe();
            told = "";
            if (run == null) {
                root.getChildren().setAll(empty);
                inspector.getChildren().setAll(how());
                return;
            }
            MethodFacts method = MethodFacts.of(run.recipe());
            ofRun = run.revision().subscribe(revision -> follow(run.state(), method, content));
        });
    }

    private void follow(RunState state, MethodFacts method, Node content) {
        // A run of a method that routes may still wait for its first decision: the picture says so itself.
        boolean routes = method.routes() || !state.routings().isEmpty();
        if (routes) {
            picture.show(state);
        }
        String now = state.routings().size() + " " + state.tasksFinished();
        if (now.equals(told)) {
            return;
        }
        told = now;
        root.getChildren().setAll(routes ? content : unrouted(method));
        inspect(state, routes);
    }

    /** What a method that decides nothing does with the tasks instead. */
    private Node unrouted(MethodFacts method) {
        Node text = Looks.empty(ViewId.ROUTING.icon(), words.get("routing.none", method.name()),
                methodWords.get("unrouted." + method.type()));
        text.setId("routing-none");
        return text;
    }

    private void inspect(RunState state, boolean routes) {
        inspector.getChildren().clear();
        if (routes) {
            inspector.getChildren().add(how());
        }
        if (!state.routings().isEmpty()) {
            VBox decisions = Looks.section(words.get("decision"));
            state.routings().forEach(r -> decisions.getChildren().add(Looks.paragraph(sentence(state, r))));
            inspector.getChildren().add(decisions);
        }
        if (!routes) {
            inspector.getChildren().add(Looks.section(words.get("answers.by"), groups(state)));
        }
    }

    /** The parameter set that answers each task learnt so far. */
    private Node groups(RunState state) {
        GridPane groups = Looks.facts();
        groups.setId("routing-groups");
        for (int task = 1; task <= state.tasksFinished(); task++) {
            int group = state.groupOf(task);
            Looks.fact(groups, state.tasks().get(task - 1).name(), group == 0 ? words.get("answers.base")
                    : words.get("answers.group", group));
        }
        return state.tasksFinished() == 0 ? Looks.paragraph(words.get("answers.none"), "text-muted") : groups;
    }

    private Node how() {
        Formula text = new Formula(words.get("routing.how.text"), TEXT_SIZE, false);
        text.setLineSpacing(2);
        return Looks.section(words.get("routing.how"), text);
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
