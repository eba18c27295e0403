package org.bilateralbrain.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.Batch;
import org.bilateralbrain.data.Batches;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.data.Normalisation;
import org.bilateralbrain.data.PreparedDataSet;
import org.bilateralbrain.data.Subset;
import org.bilateralbrain.data.SyntheticDataSet;
import org.bilateralbrain.grid.GridPoint;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.grid.SweepPlan;
import org.bilateralbrain.nn.Engines;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Prediction;
import org.bilateralbrain.report.SweepResults;
import org.bilateralbrain.report.progress.EventLines;
import org.bilateralbrain.report.progress.ProgressText;
import org.bilateralbrain.report.progress.StoredSweep;
import org.bilateralbrain.statistics.ResultRow;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.Program;
import org.bilateralbrain.store.Provenance;
import org.bilateralbrain.store.RunFile;
import org.bilateralbrain.store.TestResult;
import org.bilateralbrain.sweep.Inventory;
import org.bilateralbrain.sweep.Inventory.Action;
import org.bilateralbrain.sweep.SweepSetup;
import org.bilateralbrain.sweep.SweepSummary;
import org.bilateralbrain.train.JobRunner;
import org.bilateralbrain.train.NetworkTester;
import org.bilateralbrain.train.OtherWeights;
import org.bilateralbrain.train.StoredNetworks;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole sweeps on Spark in this JVM, two tasks at a time, with tiny networks on synthetic images.
 */
class SweepIT {

  private static JavaSparkContext spark;

  @TempDir Path temp;

  @BeforeAll
  static void startSpark() {
    spark = LocalSpark.start();
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  @Test
  void aSweepTrainsEverythingOnceAndASecondRunTrainsNothing() throws Exception {
    SweepSummary first = run("store");
    byte[] results = results("store");
    SweepSummary second = run("store");

    assertThat(first.toString())
        .startsWith("10 jobs: 10 trained, 0 reused, 0 failed, 0 blocked in ");
    assertThat(second.toString())
        .startsWith("10 jobs: 0 trained, 10 reused, 0 failed, 0 blocked in ");
    assertThat(results("store")).isEqualTo(results);
    assertThat(temp.resolve("store/sweeps/tiny/table.md"))
        .content()
        .contains("| unilateral-fine       | symmetric | resnet9  |")
        .contains("| bilateral-specialised | symmetric | resnet9  |");
    assertThat(temp.resolve("store/attempts/hemisphere")).isEmptyDirectory();
  }

  @Test
  void artifactsAndTheSweepRecordWhatMadeThemWhereAndWhen() throws Exception {
    TinySweep sweep = TinySweep.in(temp, "store");
    sweep.run(spark);
    SweepSetup setup = sweep.setup();

    for (Job job : setup.plan().jobs()) {
      Provenance provenance =
          setup
              .store()
              .find(JobRunner.key(job))
              .orElseThrow()
              .read(Provenance.FILE_NAME, Provenance.class);
      assertThat(provenance.program())
          .isEqualTo(Program.running().toString())
          .matches(
              "bilateral [0-9.]+, commit "
                  + (Files.exists(Path.of(".git")) ? "[0-9a-f]{12}(-modified)?" : "unknown"));
      assertThat(provenance.threads()).isEqualTo(1);
      assertThat(provenance.hours()).isPositive().isLessThan(0.1);
      assertThat(provenance.host()).isNotEmpty();
    }
    RunFile run =
        setup.store().readSweepFile("tiny", RunFile.FILE_NAME, RunFile.class).orElseThrow();
    assertThat(run.dataDigest()).hasSize(64);
    assertThat(run.data()).isEqualTo("synthetic");
    assertThat(run.spark()).startsWith("Spark 3.5").contains("local");
    assertThat(Instant.parse(run.finished())).isAfterOrEqualTo(Instant.parse(run.started()));
  }

  @Test
  void theStoreRecordsASweepsDurationAndWork() throws Exception {
    SweepSetup setup = setup("store", "bilateral.grid.seeds=[0]");
    run("store", "bilateral.grid.seeds=[0]");
    StoredSweep.Status status = new StoredSweep(setup.store(), "tiny").read().orElseThrow();

    assertThat(status.snapshot().isOver()).isTrue();
    assertThat(ProgressText.summary(status.snapshot()))
        .matches("\\[\\d+ s] 5 of 5 jobs done, 0 running, 0 failed, 0 waiting");
    assertThat(status.jobs())
        .extracting(StoredSweep.Job::work)
        .containsExactlyElementsOf(setup.plan().jobs().stream().map(Job::work).toList());
  }

  @Test
  void theSameSweepInTwoStoresHasTheSameAccuraciesInEveryDigit() throws Exception {
    run("one");
    run("two");

    assertThat(accuracies("two")).isEqualTo(accuracies("one")).hasSize(9);
  }

  @Test
  void theSameJobHasTheSameWeightsBitForBit() throws Exception {
    run("one", "bilateral.grid.seeds=[0]");
    run("two", "bilateral.grid.seeds=[0]");

    for (String kind : List.of("hemisphere", "bilateral")) {
      List<Path> one = networks("one", kind);
      List<Path> two = networks("two", kind);
      assertThat(two).hasSameSizeAs(one).isNotEmpty();
      for (int i = 0; i < one.size(); i++) {
        assertThat(two.get(i)).hasSameBinaryContentAs(one.get(i));
      }
    }
  }

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
                Engines.named("dl4j"),
                StoredNetworks.of(setup.store(), data, new Configuration()),
                data)
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
      Metrics metrics = new Metrics(1, 1, 1, 1, 1, Map.of("fine", new Metrics.Accuracy(0.5, 0.5)));
      artifact.write(Metrics.FILE_NAME, out -> out.write(Json.encode(metrics)));
      artifact.commit();
    }

    assertThat(SweepResults.read(setup.store(), "tiny", setup.planFile()).rows())
        .extracting(ResultRow::status)
        .containsExactly(ResultRow.Status.DONE);
  }

  @Test
  void runningPartOfASweepUnderItsNameHidesNothingOfTheWhole() throws Exception {
    run("store");
    SweepSummary part =
        run("store", "bilateral.grid.seeds=[0]", "bilateral.grid.models=[unilateral-coarse]");

    assertThat(part.table()).contains("unilateral-coarse").doesNotContain("bilateral-specialised");
    SweepSetup whole = setup("store");
    assertThat(whole.otherPlan())
        .hasValueSatisfying(
            other -> assertThat(other).contains("sweeps/tiny holds the files of another plan ("));
    SweepResults results = SweepResults.read(whole.store(), "tiny", whole.planFile());
    assertThat(results.rows()).hasSize(8);
    assertThat(results.missing()).isZero();
    assertThat(new StoredSweep(whole.store(), "tiny").read().orElseThrow().plan())
        .isNotEqualTo(whole.planFile().plan());
  }

  @Test
  void aReportNeedsNoDataOnceTheSweepHasRun() throws Exception {
    Path data = temp.resolve("data");
    PreparedDataSet.write(
        SyntheticDataSet.generate(new SyntheticDataSet.Settings(0, 200, 100, 20, 5)),
        new org.apache.hadoop.fs.Path(data.toUri()),
        new Configuration());
    String[] overrides = {
      "bilateral.grid.seeds=[0]", "bilateral.data.source=cifar100", "bilateral.data.path=" + data
    };
    run("store", overrides);
    SweepConfig config = setup("store", overrides).config();
    FileUtils.deleteDirectory(data.toFile());

    SweepSetup setup = SweepSetup.fromStore(config, new Configuration());

    assertThat(SweepResults.read(setup.store(), "tiny", setup.planFile()).missing()).isZero();
    assertThat(setup.otherPlan()).isEmpty();
  }

  @Test
  void hemispheresAreNotTrainedAgainForAStoredBilateralNetwork() throws Exception {
    run("store", "bilateral.grid.models=[bilateral-specialised]");
    deleteManifests("hemisphere");

    SweepSummary summary = run("store", "bilateral.grid.models=[bilateral-specialised]");

    assertThat(summary.toString()).startsWith("6 jobs: 0 trained, 6 reused");
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
            "FAILED   fine hemisphere, resnet9 width 2, seed 0: the loss is (NaN|Infinity) in epoch 1: the training has diverged")
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
  void aStoredBilateralNetworkHasTheSameAccuracyOnImagesAsItsHeadsOnFeatures() throws Exception {
    run("store", "bilateral.grid.seeds=[0]");

    SweepSetup setup = setup("store", "bilateral.grid.seeds=[0]");
    GridPoint point = setup.plan().points().get(2);
    DataSet images = DataSource.Cache.load(setup.source(), new Configuration());
    Batch test =
        new Batches(
                Subset.all(images.test()),
                new Normalisation(point.job().data().normalisation()),
                100)
            .plain()
            .iterator()
            .next();
    StoredNetworks networks = StoredNetworks.of(setup.store(), images, new Configuration());
    Prediction prediction;
    try (NetworkTester.Ensemble network =
        NetworkTester.Ensemble.of(Engines.named("dl4j"), networks.readAll(point.job()))) {
      prediction = network.predict(new Examples.OfImages(test));
    }

    Metrics metrics = setup.store().find(JobRunner.key(point.job())).orElseThrow().metrics();
    assertThat(metrics.heads().get("fine").test())
        .isEqualTo(accuracy(prediction.classes(Head.FINE), test.fine()));
    assertThat(metrics.heads().get("coarse").test())
        .isEqualTo(accuracy(prediction.classes(Head.COARSE), test.coarse()));
  }

  private static double accuracy(int[] predicted, int[] labels) {
    return IntStream.range(0, labels.length).filter(i -> predicted[i] == labels[i]).count()
        / (double) labels.length;
  }

  @Test
  void headsOnFreshFeaturesNeedNoFeaturesInTheStore() throws Exception {
    SweepSummary summary =
        run("store", "bilateral.grid.seeds=[0]", "bilateral.heads.feature-views=fresh");

    assertThat(summary.toString()).startsWith("3 jobs: 3 trained");
    assertThat(temp.resolve("store/artifacts/features")).doesNotExist();
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
  void withoutAValidationPartTheLastEpochsWeightsAreKept() throws Exception {
    String[] overrides = {"bilateral.data.validation-fraction=0", "bilateral.grid.seeds=[0]"};
    run("store", overrides);

    SweepSetup setup = setup("store", overrides);
    List<ResultRow> rows = SweepResults.read(setup.store(), "tiny", setup.planFile()).rows();
    assertThat(rows)
        .allSatisfy(
            row -> {
              assertThat(row.metrics().orElseThrow().bestEpoch())
                  .isEqualTo(row.metrics().orElseThrow().epochs());
              assertThat(row.accuracy().orElseThrow().validation()).isNull();
            });
  }

  @Test
  void anOverdueJobIsStoppedAndRetriedFromItsCheckpointUntilItFails() throws Exception {
    String[] overrides = {
      "bilateral.grid.seeds=[0]",
      "bilateral.grid.models=[unilateral-fine, unilateral-coarse]",
      "bilateral.grid.variants={ a { left { epochs = 1000000, batch-size = 180 } } }",
      "bilateral.job-timeout=2 seconds",
      "bilateral.checkpoint-every=1 epoch"
    };
    StringWriter progress = new StringWriter();
    SweepSummary summary =
        SparkDriver.run(
            setup("store", overrides), spark, new EventLines(new PrintWriter(progress)));

    assertThat(summary.toString()).startsWith("2 jobs: 1 trained, 0 reused, 1 failed, 0 blocked");
    assertThat(progress.toString())
        .contains(
            "stopped  fine hemisphere, resnet9 width 2, seed 0: it ran longer than job-timeout, 2 s; it will be retried")
        .contains(
            "FAILED   fine hemisphere, resnet9 width 2, seed 0: it ran longer than job-timeout, 2 s, 2 times;");
    SweepSetup again = setup("store", overrides);
    assertThat(again.inventory().reason(again.plan().jobs().get(0)))
        .startsWith("resumes after epoch ");
    assertThat(spark.statusTracker().getActiveJobIds()).isEmpty();
  }

  @Test
  void sparksWebUiShowsEachJobsStageModelVariantAndSeed() throws Exception {
    List<String> pages = new CopyOnWriteArrayList<>();
    SparkListener reader =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart start) {
            pages.add(
                start.properties().getProperty("spark.jobGroup.id")
                    + " | "
                    + start.properties().getProperty("spark.job.description"));
          }
        };
    spark.sc().addSparkListener(reader);
    run(
        "store",
        "bilateral.grid.seeds=[0]",
        "bilateral.grid.variants={ plain {}, wide { left.width = 3 } }");
    spark.sc().listenerBus().waitUntilEmpty();
    spark.sc().removeSparkListener(reader);

    assertThat(pages)
        .hasSize(8)
        .contains(
            "stage 1: from images | coarse hemisphere, resnet9 width 2, seed 0, for unilateral-coarse, bilateral-specialised in plain, wide",
            "stage 1: from images | fine hemisphere, resnet9 width 3, seed 0, for unilateral-fine, bilateral-specialised in wide",
            "stage 2: from trained hemispheres | bilateral heads on fine resnet9 width 3 + coarse resnet9 width 2, seed 0, for bilateral-specialised in wide");
  }

  @Test
  void aBatchLargerThanTheTrainingSetAndALastBatchOfOneImageWork() throws Exception {
    SweepSummary large =
        run("store", "bilateral.hemisphere.batch-size=1000", "bilateral.grid.seeds=[0]");
    SweepSummary odd =
        run("store", "bilateral.hemisphere.batch-size=179", "bilateral.grid.seeds=[0]");

    assertThat(large.complete()).isTrue();
    assertThat(odd.complete()).isTrue();
  }

  private SweepSummary run(String store, String... overrides) throws Exception {
    return TinySweep.in(temp, store, overrides).run(spark).summary();
  }

  private SweepSetup setup(String store, String... overrides) throws IOException {
    return TinySweep.in(temp, store, overrides).setup();
  }

  private byte[] results(String store) throws IOException {
    return Files.readAllBytes(temp.resolve(store).resolve("sweeps/tiny/results.csv"));
  }

  private List<String> accuracies(String store) throws IOException {
    return TinySweep.in(temp, store).accuracies();
  }

  private List<Path> networks(String store, String kind) throws IOException {
    return files(store, kind, OtherWeights.FILE);
  }

  private List<Path> files(String store, String kind, String name) throws IOException {
    try (Stream<Path> files = Files.walk(temp.resolve(store).resolve("artifacts").resolve(kind))) {
      // by id: the folder of the attempt in between has a random name
      return files
          .filter(path -> path.endsWith(name))
          .sorted(Comparator.comparing(path -> path.getParent().getParent().getFileName()))
          .toList();
    }
  }

  private void deleteManifests(String kind) throws IOException {
    for (Path manifest : files("store", kind, "manifest.json")) {
      Files.delete(manifest);
    }
  }
}
