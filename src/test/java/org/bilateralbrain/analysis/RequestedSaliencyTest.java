package org.bilateralbrain.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.grid.GridPoint;
import org.bilateralbrain.nn.Engines;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Prediction;
import org.bilateralbrain.report.Analyses;
import org.bilateralbrain.report.AnalysisCsv;
import org.bilateralbrain.report.RequestedMaps;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.SaliencyFile;
import org.bilateralbrain.store.SaliencyRequests;
import org.bilateralbrain.sweep.SweepSetup;
import org.bilateralbrain.train.JobData;
import org.bilateralbrain.train.JobRunner;
import org.bilateralbrain.train.NetworkTester.Ensemble;
import org.bilateralbrain.train.OtherWeights;
import org.bilateralbrain.train.StoredNetworks;
import org.bilateralbrain.train.TrainedHere;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Saliency maps of tiny, trained networks of every model for requested images. */
class RequestedSaliencyTest {

  private static final Configuration HADOOP = new Configuration();
  private static final List<Integer> FIRST = List.of(3, 17);

  @TempDir static Path temp;
  private static SweepSetup setup;
  private static DataSet dataSet;

  @BeforeAll
  static void trainAndExplain() throws IOException {
    Path file =
        Files.writeString(
            temp.resolve("tiny.conf"),
            """
            bilateral {
              name = tiny
              data.synthetic { train-images = 200, test-images = 100 }
              grid {
                seeds = [0, 1]
                models = [unilateral-fine, unilateral-coarse, unilateral-both, bilateral-specialised, bilateral-unspecialised,
                          ensemble]
                variants { mixed { right.backbone = resnet18 } }
              }
              ensemble.sizes = [2]
              hemisphere { width = 2, epochs = 1, batch-size = 50, learning-rate = 3e-3 }
              both-heads { epochs = 1, batch-size = 50, learning-rate = 3e-3 }
              heads { feature-views = 1, epochs = 1, batch-size = 50, learning-rate = 3e-3 }
            }
            """);
    setup =
        SweepSetup.of(
            SweepConfig.load(file.toFile(), List.of("bilateral.store=" + temp.resolve("store"))),
            HADOOP);
    dataSet = DataSource.Cache.load(setup.source(), HADOOP);
    TrainedHere.everythingOf(setup);
    TrainedHere.explain(setup, FIRST);
  }

  @Test
  void everyModelHasAPictureForEachImageAndHeadWithBothDepths() throws IOException {
    for (GridPoint point : setup.plan().points()) {
      Artifact artifact = artifact(point, FIRST);
      List<String> expected = new ArrayList<>();
      FIRST.forEach(image -> point.heads().forEach(head -> expected.add(image + head.label())));
      List<SaliencyFile.Picture> pictures = pictures(point);
      assertThat(pictures)
          .as(point.model())
          .extracting(picture -> picture.image() + picture.columns().get(0).head())
          .containsExactlyElementsOf(expected);
      for (SaliencyFile.Picture picture : pictures) {
        var png = ImageIO.read(new ByteArrayInputStream(artifact.read(picture.file())));
        assertThat(png.getWidth()).isEqualTo((picture.columns().size() + 1) * 100 - 4);
        assertThat(png.getHeight()).isEqualTo(2 * 96 + 4);
        assertThat(picture.file())
            .isEqualTo(
                "saliency-%s-%s-%s.png"
                    .formatted(
                        picture.image(),
                        picture.columns().get(0).head(),
                        picture.columns().get(0).name()));
      }
    }
  }

  @Test
  void columnsAndLayersAreThoseOfTheHemispheresAndOfTheEnsemblesMembers() throws IOException {
    List<SaliencyFile.Column> pair = pictures(point("bilateral-specialised")).get(0).columns();
    assertThat(pair)
        .extracting(SaliencyFile.Column::shows)
        .containsExactly("left hemisphere", "right hemisphere", "whole network");
    assertThat(pair.get(2).rows())
        .extracting(row -> row.depth() + " " + row.layers())
        .containsExactly(
            "middle [left.res1, right.layer2.1]", "last [left.res2.0, right.layer4.1]");
    assertThat(pair.get(1).rows().get(0).layers()).containsExactly("right.layer2.1");

    assertThat(pictures(point("ensemble-2")).get(0).columns())
        .extracting(SaliencyFile.Column::shows)
        .containsExactly("member 1", "member 2", "whole network");
    assertThat(pictures(point("unilateral-coarse")).get(0).columns())
        .singleElement()
        .extracting(column -> column.rows().get(1).layers())
        .isEqualTo(List.of("hemisphere.layer4.1"));
  }

  /** With mean pooling and a linear head, the last maps add up to the logit without its bias. */
  @Test
  void theLastMapsSumToTheLogitOfThePredictedClass() throws IOException {
    StoredNetworks trained = StoredNetworks.of(setup.store(), HADOOP);
    for (GridPoint point : setup.plan().points()) {
      List<StoredNetworks.Stored> networks = trained.readAll(point.job());
      JobData data = JobData.of(point.job().data(), dataSet);
      try (Ensemble ensemble = Ensemble.of(Engines.named("dl4j"), networks)) {
        for (SaliencyFile.Picture picture : pictures(point)) {
          SaliencyFile.Column whole = picture.columns().get(picture.columns().size() - 1);
          Head head = whole.head().equals("fine") ? Head.FINE : Head.COARSE;
          Prediction prediction = ensemble.predict(data.testImage(picture.image()));
          double bias =
              networks.stream()
                  .mapToDouble(
                      network ->
                          network
                              .weights()
                              .get(whole.head() + "_head.1.bias")
                              .values()[whole.target()])
                  .average()
                  .orElseThrow();
          assertThat(whole.target()).isEqualTo(prediction.classes(head)[0]);
          assertThat(whole.rows().get(1).sum())
              .as(point.job().title())
              .isEqualTo(prediction.logits(head)[0][whole.target()] - bias, within(1e-4));
          List<SaliencyFile.Column> parts =
              picture.columns().subList(0, picture.columns().size() - 1);
          if (!parts.isEmpty()) {
            assertThat(parts.stream().mapToDouble(part -> part.rows().get(1).sum()).sum())
                .isEqualTo(whole.rows().get(1).sum(), within(1e-5));
          }
        }
      }
    }
  }

  @Test
  void aSecondRequestOnlyAddsWhatIsNewAndLeavesTheFirst() throws IOException {
    GridPoint point = point("unilateral-both");
    Artifact before = artifact(point, FIRST);
    assertThat(TrainedHere.saliency(setup).run(point.job(), point.heads(), FIRST)).isFalse();

    TrainedHere.explain(setup, List.of(17, 5));

    assertThat(artifact(point, FIRST).location("x")).isEqualTo(before.location("x"));
    assertThat(artifact(point, List.of(5)).files()).anyMatch(file -> file.startsWith("saliency-5"));
    assertThat(SaliencyRequests.read(setup.store(), "tiny", setup.planFile()).requests())
        .containsExactly(FIRST, List.of(5));
    RequestedMaps maps = RequestedMaps.read(setup.store(), "tiny", setup.planFile());
    assertThat(maps.artifacts()).hasSize(2 * setup.plan().points().size());
    assertThat(saliencyCsv(maps))
        .anyMatch(line -> line.matches(".*,5,.*saliency-5-fine-.*,member 2,fine,.*,last,.*"));
  }

  private static List<String> saliencyCsv(RequestedMaps maps) throws IOException {
    Analyses analyses = Analyses.read(setup.store(), setup.planFile());
    ByteArrayOutputStream csv = new ByteArrayOutputStream();
    Objects.requireNonNull(new AnalysisCsv("plan", analyses, maps).files().get("saliency.csv"))
        .writeTo(csv);
    return csv.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void aNetworkRetrainedToOtherWeightsIsExplainedAgain() throws IOException {
    GridPoint point = point("unilateral-coarse");
    Artifact before = setup.store().find(JobRunner.key(point.job())).orElseThrow();
    OtherWeights.commit(setup.store(), point.job(), 1e-6f);
    Path damaged = Path.of(before.location(OtherWeights.FILE).toUri());
    byte[] content = Files.readAllBytes(damaged);
    Files.delete(damaged); // the reason for retraining
    try {
      RequestedSaliency saliency = TrainedHere.saliency(setup);
      assertThat(saliency.run(point.job(), point.heads(), List.of(8))).isTrue();
      assertThat(saliency.run(point.job(), point.heads(), FIRST)).isTrue();
      assertThat(saliency.run(point.job(), point.heads(), FIRST)).isFalse();
    } finally {
      Files.write(damaged, content);
    }
  }

  @Test
  void requestsHoldEachImageOnceAndAreForgottenWithOtherData() throws IOException {
    SaliencyRequests requests = new SaliencyRequests("digest", List.of(List.of(1, 2)));
    requests.write(setup.store(), "other");

    assertThat(SaliencyRequests.read(setup.store(), "other", setup.planFile()).requests())
        .isEmpty();
    assertThat(requests.with(List.of(2, 1))).isEqualTo(requests);
    assertThat(requests.with(List.of(9, 2, 4)).requests())
        .containsExactly(List.of(1, 2), List.of(4, 9));
  }

  private static GridPoint point(String model) {
    return setup.plan().points().stream()
        .filter(point -> point.model().equals(model) && point.seed() == 0)
        .findFirst()
        .orElseThrow();
  }

  private static Artifact artifact(GridPoint point, List<Integer> images) throws IOException {
    return setup.store().find(SaliencyFile.key(JobRunner.key(point.job()), images)).orElseThrow();
  }

  private static List<SaliencyFile.Picture> pictures(GridPoint point) throws IOException {
    return artifact(point, FIRST).read(SaliencyFile.FILE_NAME, SaliencyFile.class).pictures();
  }
}
