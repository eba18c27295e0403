package org.bilateralbrain.report.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Progress;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;
import org.bilateralbrain.store.SweepStatusFile;
import org.bilateralbrain.store.SweepStatusFile.JobStatus;
import org.bilateralbrain.store.SweepStatusFile.State;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be told of a sweep from its files. */
class StoredSweepTest {

  @TempDir Path temp;
  private Store store;
  private StoredSweep sweep;

  @BeforeEach
  void open() throws IOException {
    store = Store.open(temp.toString(), new Configuration());
    sweep = new StoredSweep(store, "s");
  }

  @Test
  void aSweepWithoutFilesIsUnknown() throws IOException {
    assertThat(sweep.look()).isEmpty();
    status(Instant.now(), Duration.ZERO, State.RUNNING);
    assertThat(sweep.look()).as("without a plan").isEmpty();
  }

  @Test
  void jobsAreWeighedByTheirWorkAndTheEndIsForeseenFromTheStart() throws IOException {
    plan(3.0, 1.0);
    status(Instant.now().minusSeconds(90), Duration.ofSeconds(80), State.TRAINED, State.RUNNING);
    store.writeProgress(key(1), new Progress("epoch", 1, 1, 0, 10, 1.0, Map.of(), 1000));

    assertThat(summary()).isEqualTo("[1 min 30 s] 1 of 2 jobs done, 1 running, 0 failed, 0 waiting; about 30 s left");
  }

  @Test
  void filesOfAnOlderProgramAreReadButNothingIsForeseen() throws IOException {
    plan(null, null);
    String status =
        """
        { "updated": "%s",
          "jobs": { "0": { "state": "TRAINED", "reason": "" }, "1": { "state": "RUNNING", "reason": "" } } }
        """;
    write(SweepStatusFile.FILE_NAME, status.formatted(Instant.now()).getBytes(StandardCharsets.UTF_8));

    assertThat(ProgressText.block(sweep.look().orElseThrow().snapshot()))
        .containsExactly(
            "██████████░░░░░░░░░░  50 %  1 of 2 jobs done, 1 running, 0 failed, 0 waiting", "  job 1  starting");
  }

  @Test
  void anotherRunsPlanReplacesTheOneBefore() throws IOException {
    plan(1.0);
    status(Instant.now().minusSeconds(60), Duration.ZERO, State.TRAINED);
    assertThat(sweep.look().orElseThrow().snapshot().isOver()).isTrue();
    plan(1.0, 1.0);
    status(Instant.now(), Duration.ZERO, State.REUSED, State.WAITING);

    assertThat(sweep.look().orElseThrow().jobs())
        .extracting(StoredSweep.Job::state)
        .containsExactly(State.REUSED, State.WAITING);
    assertThat(sweep.look().orElseThrow().snapshot().isOver()).isFalse();
  }

  @Test
  void whatIsOverTookAsLongAsItsDriverSaid() throws IOException {
    plan(1.0);
    status(Instant.now().minusSeconds(7200), Duration.ofSeconds(65), State.FAILED);

    assertThat(summary()).isEqualTo("[1 min 05 s] 0 of 1 jobs done, 0 running, 1 failed, 0 waiting");
  }

  @Test
  void aDriverThatIsGoneIsNoticed() throws IOException {
    plan(1.0);
    status(Instant.now().minusSeconds(900), Duration.ofSeconds(170), State.RUNNING);

    assertThat(summary()).endsWith("; its driver was last heard of 12 min ago");
  }

  @Test
  void aClockThatIsBehindTheDriversDoesNoHarm() throws IOException {
    plan(1.0);
    status(Instant.now().plusSeconds(30), Duration.ofSeconds(15), State.RUNNING);

    assertThat(summary()).isEqualTo("[15 s] 0 of 1 jobs done, 1 running, 0 failed, 0 waiting");
  }

  @Test
  void notesAreReadAnewOnlyNowAndThenAndTheLastOneStays() throws IOException {
    AtomicLong clock = new AtomicLong();
    RecentNotes notes = new RecentNotes(store, clock::get);
    Progress first = new Progress("epoch", 1, 2, 5, 10, 1.0, Map.of(), 10);
    Progress second = new Progress("epoch", 2, 2, 5, 10, 1.0, Map.of(), 10);
    store.writeProgress(key(0), first);

    assertThat(notes.read(key(0))).contains(first);
    store.writeProgress(key(0), second);
    assertThat(notes.read(key(0))).contains(first);
    clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(notes.read(key(0))).contains(second);
    store.deleteAttempts(key(0));
    clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(notes.read(key(0))).as("of a job that its driver believes to be running").contains(second);
  }

  private String summary() throws IOException {
    return ProgressText.summary(sweep.look().orElseThrow().snapshot());
  }

  private static ArtifactKey key(int job) {
    return new ArtifactKey("hemisphere", Integer.toString(job));
  }

  private void plan(Double... work) throws IOException {
    List<Double> all = Arrays.asList(work);
    List<SweepPlanFile.Job> jobs =
        IntStream.range(0, work.length)
            .mapToObj(i -> new SweepPlanFile.Job("hemisphere", Integer.toString(i), "job " + i, null, all.get(i)))
            .toList();
    write(SweepPlanFile.FILE_NAME, Json.encode(new SweepPlanFile(List.of(), jobs)));
  }

  private void status(Instant started, Duration until, State... states) throws IOException {
    Map<String, JobStatus> jobs = new LinkedHashMap<>();
    for (State state : states) {
      jobs.put(Integer.toString(jobs.size()), new JobStatus(state, ""));
    }
    write(
        SweepStatusFile.FILE_NAME,
        Json.encode(new SweepStatusFile(started.toString(), started.plus(until).toString(), jobs)));
  }

  private void write(String file, byte[] content) throws IOException {
    store.writeSweepFile("s", file, content);
  }
}
