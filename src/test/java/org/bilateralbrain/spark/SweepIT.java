package org.bilateralbrain.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
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
import org.bilateralbrain.nn.Engines;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Prediction;
import org.bilateralbrain.report.SweepResults;
import org.bilateralbrain.report.progress.ProgressText;
import org.bilateralbrain.report.progress.StoredSweep;
import org.bilateralbrain.statistics.ResultRow;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.Program;
import org.bilateralbrain.store.Provenance;
import org.bilateralbrain.store.RunFile;
import org.bilateralbrain.sweep.SweepSetup;
import org.bilateralbrain.sweep.SweepSummary;
import org.bilateralbrain.train.JobRunner;
import org.bilateralbrain.train.NetworkTester;
import org.bilateralbrain.train.StoredNetworks;
import org.junit.jupiter.api.Test;

/** Whole sweeps: what they leave in the store, and what a second run reuses. */
class SweepIT extends SweepFixture {

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
    StoredNetworks networks = StoredNetworks.of(setup.store(), new Configuration());
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
}
