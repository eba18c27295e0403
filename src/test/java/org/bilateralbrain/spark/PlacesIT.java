package org.bilateralbrain.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.store.Moves;
import org.bilateralbrain.sweep.Outcome;
import org.bilateralbrain.sweep.Submission;
import org.bilateralbrain.sweep.SweepSetup;
import org.bilateralbrain.train.JobRunner;
import org.bilateralbrain.train.TrainingCheckpoints;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Trainings that take the executors of others. */
@Timeout(120)
class PlacesIT {

  /** Never over before it is stopped. */
  private static final String[] ENDLESS = {
    "bilateral.grid.seeds=[0, 1, 2, 3, 4]",
    "bilateral.grid.models=[unilateral-fine]",
    "bilateral.hemisphere.epochs=1000000",
    "bilateral.checkpoint-every=1000000 epochs"
  };

  @TempDir Path temp;
  private SweepSetup setup;
  private List<Job> trainings;

  @BeforeEach
  void plan() throws IOException {
    setup = TinySweep.in(temp, "store", ENDLESS).setup();
    setup.store().writeToken("token");
    trainings = setup.plan().jobs();
  }

  private static JavaSparkContext cluster(int executors) throws IOException {
    SparkConf conf = LocalCluster.conf(executors, 1);
    SparkJobs.allowPlaces(conf);
    return LocalCluster.start(conf);
  }

  @Test
  void aTrainingWaitsForTheExecutorOfAnotherAndTakesItBeforeAllThatWaitForAny() throws Exception {
    try (JavaSparkContext cluster = cluster(2);
        SparkJobs jobs = new SparkJobs(setup, "token", cluster)) {
      Submission one = jobs.submit(trainings.get(0), Optional.empty());
      Submission two = jobs.submit(trainings.get(1), Optional.empty());
      String itsExecutor = executor(one);
      String other = executor(two);
      Submission first = jobs.submit(trainings.get(2), Optional.empty());
      Submission second = jobs.submit(trainings.get(3), Optional.empty());
      Submission placed = jobs.submit(trainings.get(4), Optional.of(itsExecutor));

      stop(two);
      assertThat(executor(first))
          .as("the placed one waits for the other executor")
          .isEqualTo(other);
      stop(one);
      assertThat(executor(placed)).isEqualTo(itsExecutor);
      assertThat(second.executor()).as("was submitted earlier").isEmpty();
      stop(first);
      assertThat(executor(second)).isEqualTo(other);
    }
  }

  @Test
  void aTrainingThatIsToMoveSavesACheckpointAndLeavesItsExecutorToAnother() throws Exception {
    try (JavaSparkContext cluster = cluster(2);
        SparkJobs jobs = new SparkJobs(setup, "token", cluster)) {
      Submission staying = jobs.submit(trainings.get(0), Optional.empty());
      Submission leaving = jobs.submit(trainings.get(1), Optional.empty());
      String itsExecutor = executor(leaving);
      String other = executor(staying);
      Submission late = jobs.submit(trainings.get(2), Optional.of(itsExecutor));
      Map<String, String> moving =
          Map.of(id(trainings.get(0)), "one that it has left", id(trainings.get(1)), itsExecutor);
      new Moves(Set.of(), moving).write(setup.store(), "token");

      assertThat(executor(late)).isEqualTo(itsExecutor);
      assertThat(leaving.outcome()).isInstanceOf(Outcome.Moved.class);
      assertThat(TrainingCheckpoints.epochsDone(setup.store(), JobRunner.key(trainings.get(1))))
          .isEqualTo(((Outcome.Moved) leaving.outcome()).epochs());
      assertThat(staying.executor()).contains(other);
    }
  }

  private static String id(Job training) {
    return JobRunner.key(training).id();
  }

  /** Spark's own default pool would take the tenth before the third. */
  @Test
  void trainingsThatWaitForAnyExecutorStartInTheOrderOfSubmission() throws Exception {
    try (JavaSparkContext cluster = cluster(1);
        SparkJobs jobs = new SparkJobs(setup, "token", cluster)) {
      Job any = trainings.get(0);
      List<Submission> all =
          IntStream.range(0, 12).mapToObj(i -> jobs.submit(any, Optional.empty())).toList();
      for (Submission each : all) {
        executor(each);
        assertThat(all).filteredOn(other -> other.executor().isPresent()).containsExactly(each);
        stop(each);
      }
    }
  }

  private static void stop(Submission running) {
    running.stopIfRunningLongerThan(Duration.ZERO);
  }

  /** Of a training, once it runs. */
  private static String executor(Submission submission) throws InterruptedException {
    while (submission.executor().isEmpty()) {
      Thread.sleep(20);
    }
    return submission.executor().orElseThrow();
  }
}
