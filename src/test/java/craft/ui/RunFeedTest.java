package craft.ui;

import static org.assertj.core.api.Assertions.assertThat;

import craft.experiment.RunEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunFeedTest {
    private long clock = 1000;
    private final List<Long> waits = new ArrayList<>();
    private final List<Runnable> scheduled = new ArrayList<>();
    private final List<List<RunEvent>> handed = new ArrayList<>();
    private final RunFeed feed = new RunFeed(millis -> {
        waits.add(millis);
        return scheduled::add;
    }, () -> clock, handed::add);

    @Test
    void aBurstIsHandedOverTogetherAndInOrder() {
        List<RunEvent> events = IntStream.range(0, 1000).<RunEvent>mapToObj(i -> new RunEvent.Note("" + i)).toList();
        events.forEach(feed::onEvent);
        assertThat(scheduled).hasSize(1);
        scheduled.remove(0).run();
        assertThat(handed).containsExactly(events);
    }

    @Test
    void handoversAreAtLeastFortyMillisecondsApart() {
        feed.onEvent(new RunEvent.Note("first"));
        scheduled.remove(0).run();
        clock += 15;
        feed.onEvent(new RunEvent.Note("soon after"));
        scheduled.remove(0).run();
        clock += 100;
        feed.onEvent(new RunEvent.Note("much later"));
        assertThat(waits).containsExactly(0L, 25L, 0L);
    }

    @Test
    void anEventDuringAHandoverIsNotForgotten() {
        RunFeed[] self = new RunFeed[1];
        self[0] = new RunFeed(millis -> scheduled::add, () -> clock, events -> {
            handed.add(events);
            if (handed.size() == 1) {
                self[0].onEvent(new RunEvent.Note("second"));
            }
        });
        self[0].onEvent(new RunEvent.Note("first"));
        scheduled.remove(0).run();
        assertThat(scheduled).hasSize(1);
        scheduled.remove(0).run();
        assertThat(handed).containsExactly(List.of(new RunEvent.Note("first")), List.of(new RunEvent.Note("second")));
    }
}
