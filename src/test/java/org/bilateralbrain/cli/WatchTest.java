package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.report.progress.ProgressView;
import org.bilateralbrain.report.progress.Snapshot;
import org.bilateralbrain.report.progress.StoredSweep;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;
import org.bilateralbrain.store.SweepStatusFile;
import org.bilateralbrain.store.SweepStatusFile.JobStatus;
import org.bilateralbrain.store.SweepStatusFile.State;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each refresh of the view lets the driver take its next step. */
@Timeout(60)
class WatchTest implements ProgressView {

  /** The hash of a plan that has jobs and no cells. */
  private static final String NO_CELLS = SweepPlanFile.of(null, List.of(), List.of()).plan();

  @TempDir Path temp;
  private Store store;
  private final Deque<Runnable> driver = new ArrayDeque<>();
  private final List<String> events = new ArrayList<>();
  private int refreshes;

  @BeforeEach
  void open() throws IOException {
    store = Store.open(temp.toString(), new Configuration());
    List<SweepPlanFile.Job> jobs =
        List.of(
            new SweepPlanFile.Job("k", "0", "first", null, 1.0),
            new SweepPlanFile.Job("k", "1", "second", null, 1.0));
    store.writeSweepFile(
        "s", SweepPlanFile.FILE_NAME, Json.encode(SweepPlanFile.of(null, List.of(), jobs)));
  }

  @Override
  public void event(String line) {
    events.add(line);
  }

  @Override
  public void refresh(Supplier<Snapshot> snapshot) {
    refreshes++;
    assertThat(snapshot.get()).isNotNull();
    if (!driver.isEmpty()) {
      driver.remove().run();
    }
  }

  @Test
  void changesAreReportedOnceAndTheLastStatusIsTheEnd() throws Exception {
    write(State.WAITING, State.WAITING);
    driver.add(() -> write(State.RUNNING, State.WAITING));
    driver.add(() -> write(State.FAILED, State.BLOCKED));

    assertThat(watch().snapshot().isOver()).isTrue();
    assertThat(refreshes).isEqualTo(3);
    assertThat(events).containsExactly("[10 s] FAILED   first: why", "[10 s] BLOCKED  second: why");
  }

  @Test
  void aLateWatcherSeesEarlierFailuresButNotWhatIsDone() throws Exception {
    write(State.TRAINED, State.FAILED);
    assertThat(watch().jobs()).hasSize(2);
    assertThat(events).containsExactly("FAILED   second: why");
  }

  @Test
  void aFailedReadDoesNotEndTheWatch() throws Exception {
    write(State.RUNNING, State.WAITING);
    driver.add(() -> write("no status".getBytes(StandardCharsets.UTF_8)));
    driver.add(() -> write(State.TRAINED, State.TRAINED));

    assertThat(watch().snapshot().isOver()).isTrue();
    assertThat(refreshes).isEqualTo(3);
    assertThat(events).containsExactly("[10 s] done     first", "[10 s] done     second");
  }

  private StoredSweep.Status watch() throws Exception {
    return new Watch(new StoredSweep(store, "s"), this, Duration.ofMillis(1))
        .untilItIsOver()
        .orElseThrow();
  }

  private void write(State... states) {
    Map<String, JobStatus> jobs = new LinkedHashMap<>();
    for (State state : states) {
      jobs.put(
          "" + jobs.size(),
          new JobStatus(state, state == State.FAILED || state == State.BLOCKED ? "why" : ""));
    }
    Instant now = Instant.now();
    try {
      write(
          Json.encode(
              new SweepStatusFile(
                  NO_CELLS, now.minusSeconds(10).toString(), now.toString(), jobs)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(byte[] status) {
    try {
      store.writeSweepFile("s", SweepStatusFile.FILE_NAME, status);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
