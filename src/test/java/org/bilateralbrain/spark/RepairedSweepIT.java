package org.bilateralbrain.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.grid.GridPoint;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.grid.SweepPlan;
import org.bilateralbrain.nn.Engines;
import org.bilateralbrain.report.SweepResults;
import org.bilateralbrain.report.progress.EventLines;
import org.bilateralbrain.statistics.ResultRow;
import org.bilateralbrain.store.Accuracies;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.TestResult;
import org.bilateralbrain.sweep.Inventory;
import org.bilateralbrain.sweep.Inventory.Action;
import org.bilateralbrain.sweep.SweepSetup;
import org.bilateralbrain.sweep.SweepSummary;
import org.bilateralbrain.train.JobRunner;
import org.bilateralbrain.train.NetworkTester;
import org.bilateralbrain.train.OtherWeights;
import org.bilateralbrain.train.StoredNetworks;
import org.junit.jupiter.api.Test;

/** Sweeps in which something is damaged, outdated, failed or overdue. */
class RepairedSweepIT extends SweepFixture {

  @Test
  void aTruncatedArtifactIsTrainedAgainToTheSameResult() throws Exception {
    run("store");
    List<String> before = accuracies("store");
    Path damaged = networks("store", "hemisphere").get(0);
    Files.write(damaged, Arrays.copyOf(Files.readAllBytes(damaged), 100));

    assertThat(setup("store").inventory().jobs(setup("store").plan(), Action.TRAIN)).hasSize(1);
    SweepSummary summary = run("store");

    assertThat(summary.trained()).isEqualTo(1);
    assertThat(accuracies("store")).isEqualTo(before);
  }

  @Test
  void aFlippedBitIsNoticedOnUseAndTheNetworkTrainedAgain() throws Exception {
    run("store");
    List<String> undisturbed = accuracies("store");
    Path damaged = networks("store", "hemisphere").get(0);
    byte[] bytes = Files.readAllBytes(damaged);
    bytes[bytes.length / 2] ^= 1;
    Files.write(damaged, bytes);
    deleteManifests("features");
    deleteManifests("bilateral");

    TinySweep.Run run = TinySweep.in(temp, "store").run(spark);

    assertThat(run.summary().toString())
        .startsWith("10 jobs: 7 trained, 3 reused, 0 failed, 0 blocked");
    assertThat(run.progress()).contains("is damaged: weights.safetensors has SHA-256");
    assertThat(accuracies("store")).isEqualTo(undisturbed);
  }

  @Test
  void artifactsOfOutdatedWeightsAreRecomputedAndTestAsTheirMetricsSay() throws Exception {
    String[] one = {"bilateral.grid.seeds=[0]"};
    run("store", one);
    SweepSetup setup = setup("store", one);
    Job fine = setup.plan().jobs().get(0);
    trainedOnAnotherMachine(setup, fine);

    SweepPlan plan = setup.plan();
    Inventory inventory = setup.inventory();
    List<Job> outdated = inventory.jobs(plan, Action.TRAIN);
    assertThat(outdated).extracting(Job::kind).containsExactly("features", "bilateral");
    for (Job job : outdated) {
      assertThat(inventory.reason(job))
          .isEqualTo(
              "computed from other weights of " + JobRunner.key(fine) + " than the store has now");
    }
    assertThat(SweepResults.read(setup.store(), "tiny", setup.planFile()).rows())
        .extracting(ResultRow::status)
        .containsExactly(
            ResultRow.Status.DONE,
            ResultRow.Status.DONE,
            ResultRow.Status.OUTDATED,
            ResultRow.Status.OUTDATED);

    assertThat(run("store", one).toString())
        .startsWith("5 jobs: 2 trained, 3 reused, 0 failed, 0 blocked");
    GridPoint bilateral = plan.points().get(2);
    DataSet data = DataSource.Cache.load(setup.source(), new Configuration());
    TestResult tested =
        new NetworkTester(
                Engines.named("dl4j"), StoredNetworks.of(setup.store(), new Configuration()), data)
            .test(bilateral.job(), bilateral.heads());
    Metrics metrics = setup.store().find(JobRunner.key(bilateral.job())).orElseThrow().metrics();
    assertThat(tested.heads().get("fine").top1()).isEqualTo(metrics.heads().get("fine").test());
    assertThat(tested.heads().get("coarse").top1()).isEqualTo(metrics.heads().get("coarse").test());
  }

  /**
   * Replaces an artifact by one with other weights, as if it had been damaged and retrained
   * elsewhere.
   */
  private static void trainedOnAnotherMachine(SweepSetup setup, Job job) throws IOException {
    Artifact before = setup.store().find(JobRunner.key(job)).orElseThrow();
    OtherWeights.commit(setup.store(), job, 0.01f);
    Files.delete(Path.of(before.location(OtherWeights.FILE).toUri()));
  }

  @Test
  void aHemisphereRetrainedToOtherWeightsHasItsDependentsRecomputed() throws Exception {
    String[] one = {"bilateral.grid.seeds=[0]"};
    run("store", one);
    List<String> undisturbed = TinySweep.in(temp, "store", one).accuracies();
    SweepSetup setup = setup("store", one);
    Artifact fine = setup.store().find(JobRunner.key(setup.plan().jobs().get(0))).orElseThrow();
    String weights = fine.weights().orElseThrow();
    for (String kind : List.of("features", "bilateral")) {
      for (Path manifest : files("store", kind, "manifest.json")) {
        Files.writeString(manifest, Files.readString(manifest).replace(weights, "0".repeat(64)));
      }
    }
    Files.delete(Path.of(fine.location("manifest.json").toUri()));

    assertThat(setup.inventory().jobs(setup.plan(), Action.TRAIN))
        .as("without the hemisphere, nothing shows that the others are outdated")
        .hasSize(1);
    assertThat(run("store", one).toString())
        .startsWith("5 jobs: 3 trained, 2 reused, 0 failed, 0 blocked");
    assertThat(TinySweep.in(temp, "store", one).accuracies()).isEqualTo(undisturbed);
  }

  @Test
  void aFailedJobIsDoneOnceAnotherSweepHasTrainedIt() throws Exception {
    String[] wild = {
      "bilateral.grid.seeds=[0]",
      "bilateral.grid.models=[unilateral-fine]",
      "bilateral.hemisphere.learning-rate=1e38"
    };
    assertThat(run("store", wild).toString()).startsWith("1 jobs: 0 trained, 0 reused, 1 failed");
    SweepSetup setup = setup("store", wild);
    try (ArtifactWriter artifact = setup.store().write(JobRunner.key(setup.plan().jobs().get(0)))) {
      Metrics metrics = new Metrics(1, 1, 1, 1, 1, Map.of("fine", Accuracies.of(0.5, 0.5)), null);
      artifact.write(Metrics.FILE_NAME, out -> out.write(Json.encode(metrics)));
      artifact.commit();
    }

    assertThat(SweepResults.read(setup.store(), "tiny", setup.planFile()).rows())
        .extracting(ResultRow::status)
        .containsExactly(ResultRow.Status.DONE);
  }

  @Test
  void aDivergingJobFailsWithThatReasonAndBlocksOnlyItsDependents() throws Exception {
    String[] overrides = {
      "bilateral.grid.seeds=[0]",
      "bilateral.grid.variants={ calm {}, wild { left.learning-rate = 1e38 } }"
    };
    StringWriter progress = new StringWriter();
    SweepSummary summary =
        SparkDriver.run(
            setup("store", overrides), spark, new EventLines(new PrintWriter(progress)));

    assertThat(summary.toString()).startsWith("8 jobs: 5 trained, 0 reused, 1 failed, 2 blocked");
    assertThat(summary.complete()).isFalse();
    assertThat(progress.toString())
        .containsPattern(
            "FAILED   fine hemisphere, resnet9 width 2, seed 0 \\(wild\\): the loss is (NaN|Infinity) in epoch 1: the training has diverged")
        .contains("BLOCKED  bilateral heads");
    List<ResultRow> rows =
        SweepResults.read(
                setup("store", overrides).store(), "tiny", setup("store", overrides).planFile())
            .rows();
    assertThat(rows)
        .filteredOn(row -> row.cell().variant().equals("calm"))
        .allMatch(row -> row.status() == ResultRow.Status.DONE);
    assertThat(rows)
        .filteredOn(row -> row.cell().variant().equals("wild"))
        .extracting(ResultRow::status)
        .containsExactly(
            ResultRow.Status.FAILED,
            ResultRow.Status.DONE,
            ResultRow.Status.BLOCKED,
            ResultRow.Status.BLOCKED);
  }

  @Test
  void damagedFeaturesAreRecomputedOnlyWhenHeadsNeedThem() throws Exception {
    run("store", "bilateral.grid.seeds=[0]");
    Path damaged = files("store", "features", "train-view-1.npy").get(0);
    Files.write(damaged, new byte[10]);

    assertThat(run("store", "bilateral.grid.seeds=[0]").trained()).isZero();
    assertThat(run("store", "bilateral.grid.seeds=[0]", "bilateral.heads.epochs=3").trained())
        .isEqualTo(2);
  }

  @Test
  void anOverdueJobIsStoppedAndRetriedFromItsCheckpointUntilItFails() throws Exception {
    String[] overrides = {
      "bilateral.grid.seeds=[0]",
      "bilateral.grid.models=[unilateral-fine, unilateral-coarse]",
      "bilateral.grid.variants={ a { left { epochs = 1000000, batch-size = 180 } } }",
      "bilateral.job-timeout=4 seconds",
      "bilateral.checkpoint-every=1 epoch"
    };
    StringWriter progress = new StringWriter();
    SweepSummary summary =
        SparkDriver.run(
            setup("store", overrides), spark, new EventLines(new PrintWriter(progress)));

    assertThat(summary.toString()).startsWith("2 jobs: 1 trained, 0 reused, 1 failed, 0 blocked");
    assertThat(progress.toString())
        .contains(
            "stopped  fine hemisphere, resnet9 width 2, seed 0: it ran longer than job-timeout, 4 s; it will be retried")
        .contains(
            "FAILED   fine hemisphere, resnet9 width 2, seed 0: it ran longer than job-timeout, 4 s, 2 times;");
    SweepSetup again = setup("store", overrides);
    assertThat(again.inventory().reason(again.plan().jobs().get(0)))
        .startsWith("resumes after epoch ");
    assertThat(spark.statusTracker().getActiveJobIds()).isEmpty();
  }
}
