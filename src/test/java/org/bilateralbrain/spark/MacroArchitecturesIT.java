package org.bilateralbrain.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.DataException;
import org.bilateralbrain.grid.EndToEndJob;
import org.bilateralbrain.grid.GridPoint;
import org.bilateralbrain.grid.HemisphereJob;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.report.Analyses;
import org.bilateralbrain.report.SweepResults;
import org.bilateralbrain.report.progress.EventLines;
import org.bilateralbrain.spark.AnalysisRun.AnalysisSummary;
import org.bilateralbrain.spark.TestRun.TestedNetwork;
import org.bilateralbrain.statistics.ResultRow;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.sweep.SweepSetup;
import org.bilateralbrain.sweep.SweepSummary;
import org.bilateralbrain.train.JobRunner;
import org.bilateralbrain.train.StoredNetworks;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole sweeps of every macro-architecture and asymmetry, with tiny networks on synthetic images.
 */
class MacroArchitecturesIT {

  private static final String TINY =
      """
      bilateral {
        name = tiny
        data.synthetic { train-images = 200, test-images = 100 }
        grid.seeds = [0, 1]
        hemisphere { width = 2, epochs = 1, batch-size = 50, learning-rate = 3e-3 }
        both-heads { epochs = 1, batch-size = 50, learning-rate = 3e-3 }
        heads { feature-views = 2, epochs = 2, batch-size = 50, learning-rate = 3e-3 }
      }
      """;

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
  void everyModelEndsUpInTheTableWithAllItsHeads() throws Exception {
    String models =
        "[unilateral-fine, unilateral-coarse, unilateral-both, bilateral-specialised, bilateral-unspecialised,"
            + " bilateral-fine-fine, bilateral-coarse-coarse, ensemble]";
    SweepSummary summary = run("bilateral.grid.models=" + models);

    assertThat(summary.complete()).isTrue();
    List<ResultRow> rows = rows("bilateral.grid.models=" + models);
    assertThat(rows).allMatch(row -> row.status() == ResultRow.Status.DONE);
    assertThat(rows).hasSize(2 + 2 + 4 + 4 + 4 + 2 + 2 + 2);
    assertThat(rows)
        .filteredOn(row -> row.cell().model().equals("ensemble-2"))
        .extracting(ResultRow::head)
        .containsExactly("fine", "coarse");
  }

  @Test
  void anEnsembleOfTwoAveragesTheLogitsOfItsMembers() throws Exception {
    run("bilateral.grid.models=[unilateral-both, ensemble]");

    SweepSetup setup = setup("bilateral.grid.models=[unilateral-both, ensemble]");
    Metrics ensemble = metrics(setup, setup.plan().points().get(2));
    Metrics member = metrics(setup, setup.plan().points().get(0));
    assertThat(ensemble.parameters()).isEqualTo(2 * member.parameters());
  }

  @Test
  void aFrozenSideKeepsItsWeightsAndAPlasticOneIsFineTuned() throws Exception {
    String variants = "bilateral.grid.variants={ plastic-left { left.freeze = false } }";
    run("bilateral.grid.seeds=[0]", variants);

    SweepSetup setup = setup("bilateral.grid.seeds=[0]", variants);
    EndToEndJob job = (EndToEndJob) setup.plan().points().get(2).job();
    Weights whole = weights(setup, job);
    Weights left = weights(setup, job.parents().get(0));
    Weights right = weights(setup, job.parents().get(1));
    for (String name :
        List.of("conv1.0.weight", "conv1.1.running_mean", "res2.0.conv_res2_bn.weight")) {
      assertThat(whole.get("right." + name).values())
          .isEqualTo(right.get("hemisphere." + name).values());
      assertThat(whole.get("left." + name).values())
          .isNotEqualTo(left.get("hemisphere." + name).values());
    }
  }

  @Test
  void theAsymmetriesPresetRunsEndToEnd() throws Exception {
    List<String> small =
        List.of(
            "bilateral.name=tiny",
            "bilateral.store=" + temp.resolve("store"),
            "bilateral.data.source=synthetic",
            "bilateral.data.synthetic.train-images=200",
            "bilateral.data.synthetic.test-images=100",
            "bilateral.grid.seeds=[0]",
            "bilateral.hemisphere.width=2",
            "bilateral.hemisphere.epochs=1",
            "bilateral.hemisphere.batch-size=50",
            "bilateral.heads.epochs=1",
            "bilateral.heads.batch-size=50",
            "bilateral.heads.feature-views=1",
            "bilateral.grid.variants.wide-left.left.width=3",
            "bilateral.grid.variants.wide-left.right.width=1",
            "bilateral.grid.variants.wide-right.left.width=1",
            "bilateral.grid.variants.wide-right.right.width=3");
    SweepSetup setup =
        SweepSetup.of(
            SweepConfig.load(Path.of("conf/asymmetries.conf").toFile(), small),
            new Configuration());
    SweepSummary summary =
        SparkDriver.run(setup, spark, new EventLines(new PrintWriter(Writer.nullWriter())));

    assertThat(summary.complete()).isTrue();
    long hemispheres =
        setup.plan().jobs().stream().filter(job -> job instanceof HemisphereJob).count();
    assertThat(hemispheres)
        .as("16 variants of two sides")
        .isLessThan(2 * 16)
        .isEqualTo(networks("hemisphere").size());
  }

  @Test
  void anArtifactCanReplaceTrainingAHemisphere() throws Exception {
    run("bilateral.grid.seeds=[0]", "bilateral.grid.models=[unilateral-fine]");
    Path artifact = networks("hemisphere").get(0).getParent().getParent();
    String given =
        "bilateral.grid.variants={ given { left.checkpoint = \"%s\" } }".formatted(artifact);
    Metrics trained =
        metrics(
            setup("bilateral.grid.seeds=[0]"),
            setup("bilateral.grid.seeds=[0]").plan().points().get(0));

    SweepSummary summary = run("bilateral.grid.seeds=[0]", given);

    assertThat(summary.complete()).isTrue();
    SweepSetup setup = setup("bilateral.grid.seeds=[0]", given);
    assertThat(metrics(setup, setup.plan().points().get(0)).heads()).isEqualTo(trained.heads());
  }

  @Test
  void testingReproducesTheAccuraciesOfTrainingForStoredNetworks() throws Exception {
    run("bilateral.grid.models=[unilateral-fine, unilateral-both, ensemble]");
    String all =
        "bilateral.grid.models=[unilateral-fine, unilateral-coarse, unilateral-both, ensemble]";
    SweepSetup setup = setup(all, "bilateral.test.mode=features");

    List<TestedNetwork> tested = TestRun.run(setup, spark, new PrintWriter(Writer.nullWriter()));

    assertThat(tested).as("without the coarse ones, which are not in the store").hasSize(2 + 2 + 1);
    for (TestedNetwork each : tested) {
      Metrics metrics = metrics(setup, each.point());
      each.result()
          .heads()
          .forEach(
              (head, result) -> {
                assertThat(result.top1()).isEqualTo(metrics.heads().get(head).test());
                assertThat(result.top5()).isBetween(result.top1(), 1.0);
                assertThat(java.util.Arrays.stream(result.byClass().images()).sum()).isEqualTo(100);
                assertThat(java.util.Arrays.stream(result.bySuperclass().right()).sum())
                    .isEqualTo(result.first());
              });
    }
    Path features =
        temp.resolve("store/sweeps/tiny/features/unilateral-fine-symmetric-resnet9-seed0.npy");
    assertThat(features).hasSize(128 + 100 * 16 * Float.BYTES);
  }

  @Test
  void theStoredNetworksOfAnUnfinishedSweepAreAnalysedOnce() throws Exception {
    run("bilateral.grid.models=[unilateral-fine, unilateral-both]");
    String all =
        "bilateral.grid.models=[unilateral-fine, unilateral-coarse, unilateral-both, ensemble, bilateral-specialised]";
    StringWriter progress = new StringWriter();

    AnalysisSummary summary =
        AnalysisRun.run(setup(all), List.of(List.of(0, 3)), spark, new PrintWriter(progress));

    assertThat(summary).isEqualTo(new AnalysisSummary(2 + 2 + 1, 0, 0, 2 + 2));
    assertThat(progress.toString()).contains("Analysing 5 networks; 4 more are not in the store");
    assertThat(
            AnalysisRun.run(setup(all), List.of(List.of(0, 3)), spark, new PrintWriter(progress)))
        .isEqualTo(new AnalysisSummary(0, 5, 0, 4));
    assertThat(Analyses.read(setup(all).store(), setup(all).planFile()).groups()).hasSize(3);
  }

  @Test
  void aDamagedNetworkFailsOnlyItsOwnTest() throws Exception {
    run("bilateral.grid.models=[unilateral-fine]");
    Path damaged = networks("hemisphere").get(0);
    byte[] content = Files.readAllBytes(damaged);
    content[content.length / 2] ^= 1;
    Files.write(damaged, content);
    StringWriter progress = new StringWriter();

    List<TestedNetwork> tested =
        TestRun.run(
            setup("bilateral.grid.models=[unilateral-fine]"), spark, new PrintWriter(progress));

    assertThat(tested).hasSize(1);
    assertThat(progress.toString())
        .containsPattern(
            "FAILED   unilateral-fine-symmetric-resnet9-seed[01]: .*weights.safetensors has SHA-256");
    assertThat(
            AnalysisRun.run(
                setup("bilateral.grid.models=[unilateral-fine]"),
                List.of(),
                spark,
                new PrintWriter(progress)))
        .isEqualTo(new AnalysisSummary(1, 0, 1, 0));
  }

  @Test
  void aCheckpointOfAnotherNetworkIsRefusedWithAllDifferencesBeforeTraining() throws Exception {
    run("bilateral.grid.seeds=[0]", "bilateral.grid.models=[unilateral-fine]");
    Path artifact = networks("hemisphere").get(0).getParent().getParent();

    assertThatThrownBy(
            () ->
                setup(
                    "bilateral.grid.variants={ given { right { width = 3, checkpoint = \"%s\" } } }"
                        .formatted(artifact)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("doesn't hold a resnet9 width 3 with the heads [COARSE]")
        .hasMessageContaining(
            "hemisphere.conv1.0.weight has the shape [2, 3, 3, 3], expected [3, 3, 3, 3]")
        .hasMessageContaining("coarse_head.1.weight is missing")
        .hasMessageContaining("fine_head.1.weight is not a parameter of this network");
    assertThatThrownBy(() -> setup("bilateral.hemisphere.checkpoint=" + temp.resolve("nowhere")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("nowhere can't be read");
  }

  private SweepSummary run(String... overrides) throws Exception {
    return SparkDriver.run(
        setup(overrides), spark, new EventLines(new PrintWriter(Writer.nullWriter())));
  }

  private SweepSetup setup(String... overrides) throws IOException {
    Path file = Files.writeString(temp.resolve("tiny.conf"), TINY);
    List<String> all = new ArrayList<>(List.of(overrides));
    all.add("bilateral.store=" + temp.resolve("store"));
    return SweepSetup.of(SweepConfig.load(file.toFile(), all), new Configuration());
  }

  private List<ResultRow> rows(String... overrides) throws IOException {
    return SweepResults.read(setup(overrides).store(), "tiny", setup(overrides).planFile()).rows();
  }

  private static Metrics metrics(SweepSetup setup, GridPoint point) throws IOException {
    return setup.store().find(JobRunner.key(point.job())).orElseThrow().metrics();
  }

  private static Weights weights(SweepSetup setup, Job job) throws IOException {
    return StoredNetworks.of(setup.store(), new Configuration()).readAll(job).get(0).weights();
  }

  private List<Path> networks(String kind) throws IOException {
    try (Stream<Path> files = Files.walk(temp.resolve("store/artifacts").resolve(kind))) {
      return files.filter(path -> path.endsWith("weights.safetensors")).sorted().toList();
    }
  }
}
