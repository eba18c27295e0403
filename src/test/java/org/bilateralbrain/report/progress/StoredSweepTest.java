package org.bilateralbrain.report.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Progress;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;
import org.bilateralbrain.store.SweepStatusFile;
import org.bilateralbrain.store.SweepStatusFile.JobStatus;
import org.bilateralbrain.store.SweepStatusFile.State;
import org.bilateralbrain.store.UnknownFormatException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredSweepTest {

  /** The hash of a plan that has jobs and no cells. */
  private static final String NO_CELLS = SweepPlanFile.of(null, List.of(), List.of()).plan();

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
    assertThat(sweep.read()).isEmpty();
    status(Instant.now(), Duration.ZERO, State.RUNNING);
    assertThat(sweep.read()).as("without a plan").isEmpty();
  }

  @Test
  void jobsCountByTheirWorkAndTheTimeLeftIsEstimatedFromTheStart() throws IOException {
    plan(3.0, 1.0);
    status(Instant.now().minusSeconds(90), Duration.ofSeconds(80), State.TRAINED, State.RUNNING);
    store.writeProgress(key(1), new Progress("epoch", 1, 1, 0, 10, 1.0, Map.of(), 1000));

    assertThat(summary())
        .isEqualTo(
            "[1 min 30 s] 1 of 2 jobs done, 1 running, 0 failed, 0 waiting; about 30 s left");
  }

  @Test
  void filesOfAnotherVersionAreAnErrorThatNamesIt() throws IOException {
    plan(1.0);
    String status = "{ \"format\": 99, \"program\": \"bilateral 9.9, commit abc\", \"jobs\": {} }";
    write(SweepStatusFile.FILE_NAME, status.getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> sweep.read())
        .isInstanceOf(UnknownFormatException.class)
        .hasMessageContaining(
            "sweeps/s/status.json has format 99, written by bilateral 9.9, commit abc");
  }

  @Test
  void theStatusOfAnEarlierPlanIsIgnored() throws IOException {
    SweepPlanFile.GridPoint cell = cell(0);
    write(SweepPlanFile.FILE_NAME, Json.encode(SweepPlanFile.of(null, List.of(cell), List.of())));
    status(Instant.now(), Duration.ZERO, State.TRAINED);

    assertThat(sweep.read()).isEmpty();
  }

  @Test
  void aJobThatFailedHereAndWasDoneByAnotherSweepIsDone() throws IOException {
    plan(1.0, 1.0);
    status(Instant.now(), Duration.ZERO, State.FAILED, State.FAILED);
    try (ArtifactWriter artifact = store.write(key(1))) {
      artifact.write("metrics.json", out -> out.write(1));
      artifact.commit();
    }

    assertThat(sweep.read().orElseThrow().jobs())
        .extracting(StoredSweep.Job::state)
        .containsExactly(State.FAILED, State.REUSED);
  }

  private static SweepPlanFile.GridPoint cell(long seed) {
    return new SweepPlanFile.GridPoint(
        "unilateral-fine",
        "symmetric",
        "resnet9",
        "",
        seed,
        seed,
        List.of("fine"),
        "hemisphere",
        "h" + seed,
        List.of("h" + seed));
  }

  @Test
  void thePlanOfALaterRunReplacesTheEarlierOne() throws IOException {
    plan(1.0);
    status(Instant.now().minusSeconds(60), Duration.ZERO, State.TRAINED);
    assertThat(sweep.read().orElseThrow().snapshot().isOver()).isTrue();
    List<SweepPlanFile.Job> jobs = List.of(job(0, 1.0), job(1, 1.0));
    SweepPlanFile other = SweepPlanFile.of(null, List.of(cell(0)), jobs);
    write(SweepPlanFile.FILE_NAME, Json.encode(other));
    status(other.plan(), Instant.now(), Duration.ZERO, State.REUSED, State.WAITING);

    assertThat(sweep.read().orElseThrow().jobs())
        .extracting(StoredSweep.Job::state)
        .containsExactly(State.REUSED, State.WAITING);
    assertThat(sweep.read().orElseThrow().snapshot().isOver()).isFalse();
  }

  @Test
  void theClockOfASweepThatIsOverHasStopped() throws IOException {
    plan(1.0);
    status(Instant.now().minusSeconds(7200), Duration.ofSeconds(65), State.FAILED);

    assertThat(summary())
        .isEqualTo("[1 min 05 s] 0 of 1 jobs done, 0 running, 1 failed, 0 waiting");
  }

  @Test
  void aSilentDriverIsReported() throws IOException {
    plan(1.0);
    status(Instant.now().minusSeconds(900), Duration.ofSeconds(170), State.RUNNING);

    assertThat(summary()).endsWith("; last driver heartbeat 12 min ago");
  }

  @Test
  void aClockBehindTheDriversIsTolerated() throws IOException {
    plan(1.0);
    status(Instant.now().plusSeconds(30), Duration.ofSeconds(15), State.RUNNING);

    assertThat(summary()).isEqualTo("[15 s] 0 of 1 jobs done, 1 running, 0 failed, 0 waiting");
  }

  @Test
  void progressIsReadAgainOnlyAfterAWhileAndTheLastOneIsKept() throws IOException {
    AtomicLong clock = new AtomicLong();
    CachedProgress progress = new CachedProgress(store, clock::get);
    Progress first = new Progress("epoch", 1, 2, 5, 10, 1.0, Map.of(), 10);
    Progress second = new Progress("epoch", 2, 2, 5, 10, 1.0, Map.of(), 10);
    store.writeProgress(key(0), first);

    assertThat(progress.read(key(0))).contains(first);
    store.writeProgress(key(0), second);
    assertThat(progress.read(key(0))).contains(first);
    clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(progress.read(key(0))).contains(second);
    store.deleteAttempts(key(0));
    clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(progress.read(key(0)))
        .as("its driver still believes that the job is running")
        .contains(second);
  }

  private String summary() throws IOException {
    return ProgressText.summary(sweep.read().orElseThrow().snapshot());
  }

  private static ArtifactKey key(int job) {
    return new ArtifactKey("hemisphere", Integer.toString(job));
  }

  private void plan(Double... work) throws IOException {
    List<Double> all = Arrays.asList(work);
    List<SweepPlanFile.Job> jobs =
        IntStream.range(0, work.length).mapToObj(i -> job(i, all.get(i))).toList();
    write(SweepPlanFile.FILE_NAME, Json.encode(SweepPlanFile.of(null, List.of(), jobs)));
  }

  private static SweepPlanFile.Job job(int number, double work) {
    return new SweepPlanFile.Job(
        "hemisphere", Integer.toString(number), "job " + number, null, work);
  }

  private void status(Instant started, Duration until, State... states) throws IOException {
    status(NO_CELLS, started, until, states);
  }

  private void status(String plan, Instant started, Duration until, State... states)
      throws IOException {
    Map<String, JobStatus> jobs = new LinkedHashMap<>();
    for (State state : states) {
      jobs.put(Integer.toString(jobs.size()), new JobStatus(state, ""));
    }
    write(
        SweepStatusFile.FILE_NAME,
        Json.encode(
            new SweepStatusFile(plan, started.toString(), started.plus(until).toString(), jobs)));
  }

  private void write(String file, byte[] content) throws IOException {
    store.writeSweepFile("s", file, content);
  }
}
