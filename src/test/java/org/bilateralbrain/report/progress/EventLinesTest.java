package org.bilateralbrain.report.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class EventLinesTest {

  private static final String SUMMARY = "0 of 0 jobs done, 0 running, 0 failed, 0 waiting";

  private final StringWriter out = new StringWriter();

  @Test
  void eventsArePrintedAtOnceAndThereIsNoSummaryWithinTheFirstMinute() {
    ProgressView view = new EventLines(new PrintWriter(out));
    Supplier<Snapshot> never =
        () -> {
          throw new AssertionError("asked for");
        };
    view.refresh(never);
    view.event("done");
    view.refresh(never);

    assertThat(out.toString().lines()).containsExactly("done");
  }

  @Test
  void summariesComeAtTheStartAndOnceForAllEventsSince() {
    ProgressView view = new EventLines.Summaries(new PrintWriter(out));
    view.refresh(EventLinesTest::nothing);
    view.refresh(EventLinesTest::nothing);
    assertThat(out.toString().lines()).containsExactly(SUMMARY);

    view.event("done");
    view.event("FAILED");
    view.refresh(EventLinesTest::nothing);
    view.refresh(EventLinesTest::nothing);
    assertThat(out.toString().lines()).containsExactly(SUMMARY, SUMMARY);
  }

  private static Snapshot nothing() {
    return Snapshot.of(List.of(), key -> Optional.empty(), Optional.empty(), Duration.ZERO);
  }
}
