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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.grid.GridPoint;
import org.bilateralbrain.nn.Engine;
import org.bilateralbrain.nn.Engines;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.report.Analyses;
import org.bilateralbrain.report.AnalysisCsv;
import org.bilateralbrain.report.AnalysisText;
import org.bilateralbrain.report.RequestedMaps;
import org.bilateralbrain.store.AnalysisFile;
import org.bilateralbrain.store.AnalysisFile.Reliance;
import org.bilateralbrain.store.AnalysisFile.Split;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.Store;
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

/** Analyses of tiny, trained networks of every model. */
class NetworkAnalysisTest {

  private static final Engine ENGINE = Engines.named("dl4j");

  private static final Configuration HADOOP = new Configuration();
  private static final int IMAGES = 100;

  @TempDir static Path temp;
  private static SweepSetup setup;
  private static DataSet dataSet;
  private static NetworkAnalysis analysis;

  @BeforeAll
  static void trainAndAnalyse() throws IOException {
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
                          bilateral-fine-fine, ensemble]
                variants { symmetric {}, plastic { left { width = 3, freeze = false } } }
              }
              ensemble.sizes = [2]
              hemisphere { width = 2, epochs = 2, batch-size = 50, learning-rate = 3e-3 }
              both-heads { epochs = 2, batch-size = 50, learning-rate = 3e-3 }
              heads { feature-views = 1, epochs = 2, batch-size = 50, learning-rate = 3e-3 }
            }
            """);
    setup =
        SweepSetup.of(
            SweepConfig.load(file.toFile(), List.of("bilateral.store=" + temp.resolve("store"))),
            HADOOP);
    dataSet = DataSource.Cache.load(setup.source(), HADOOP);
    analysis = TrainedHere.everythingOf(setup);
  }

  @Test
  void predictionsAgreeWithTheAccuraciesInTheResults() throws IOException {
    for (GridPoint point : setup.plan().points()) {
      Metrics metrics = setup.store().find(JobRunner.key(point.job())).orElseThrow().metrics();
      List<String[]> rows = csv(point);
      assertThat(rows).hasSize(IMAGES);
      for (Head head : Head.values()) {
        int label = head == Head.FINE ? 2 : 3;
        int answer = head == Head.FINE ? 4 : 6;
        long right = rows.stream().filter(row -> row[answer].equals(row[label])).count();
        if (point.heads().contains(head)) {
          assertThat((double) right / IMAGES)
              .as(point.job().title())
              .isEqualTo(metrics.heads().get(head.label()).test());
        } else {
          assertThat(rows).as("a head that isn't there").allMatch(row -> row[answer].isEmpty());
        }
      }
    }
  }

  @Test
  void parquetAndCsvHoldTheSameValues() throws IOException {
    for (GridPoint point : setup.plan().points()) {
      List<String> fromParquet = new ArrayList<>();
      Path file =
          Files.write(
              temp.resolve("predictions.parquet"), artifact(point).read("predictions.parquet"));
      try (ParquetReader<Group> reader =
          ParquetReader.builder(new GroupReadSupport(), new org.apache.hadoop.fs.Path(file.toUri()))
              .build()) {
        for (Group row = reader.read(); row != null; row = reader.read()) {
          fromParquet.add(inText(row));
        }
      }
      assertThat(fromParquet)
          .isEqualTo(csv(point).stream().map(row -> String.join(",", row)).toList());
    }
  }

  private static String inText(Group row) {
    List<String> cells = new ArrayList<>();
    for (int field = 0; field < row.getType().getFieldCount(); field++) {
      cells.add(row.getFieldRepetitionCount(field) == 0 ? "" : row.getValueToString(field, 0));
    }
    return String.join(",", cells);
  }

  @Test
  void theSixteenCasesAddUpToTheAccuraciesOfTheHemispheresAndTheWhole() throws IOException {
    GridPoint left = point("unilateral-fine", "symmetric");
    GridPoint right = point("unilateral-coarse", "symmetric");
    GridPoint whole = point("bilateral-specialised", "symmetric");
    int[] images = analysis(whole).split().images();

    assertThat(Arrays.stream(images).sum()).isEqualTo(IMAGES);
    assertThat(right(images, Split::leftIsRight)).isEqualTo(accuracy(left, "fine"));
    assertThat(right(images, Split::rightIsRight)).isEqualTo(accuracy(right, "coarse"));
    assertThat(right(images, Split::fineIsRight)).isEqualTo(accuracy(whole, "fine"));
    assertThat(right(images, Split::coarseIsRight)).isEqualTo(accuracy(whole, "coarse"));
  }

  @Test
  void networksNotMadeFromSpecialistsHaveNoCases() throws IOException {
    for (String model :
        List.of(
            "unilateral-fine",
            "unilateral-both",
            "bilateral-unspecialised",
            "bilateral-fine-fine",
            "ensemble-2")) {
      assertThat(analysis(point(model, "symmetric")).split()).as(model).isNull();
      assertThat(analysis(point(model, "symmetric")).examples()).isEmpty();
    }
    assertThat(analysis(point("bilateral-specialised", "plastic")).split())
        .as("fine-tuned hemispheres")
        .isNotNull();
  }

  @Test
  void everyCaseThatOccursHasAPictureOfItsFirstImage() throws IOException {
    GridPoint whole = point("bilateral-specialised", "symmetric");
    AnalysisFile file = analysis(whole);

    assertThat(file.examples())
        .hasSize((int) Arrays.stream(file.split().images()).filter(count -> count > 0).count());
    for (AnalysisFile.Example example : file.examples()) {
      var picture =
          ImageIO.read(new ByteArrayInputStream(artifact(whole).read(example.picture().file())));
      assertThat(picture.getWidth()).isEqualTo(5 * 96 + 4 * 4);
      assertThat(picture.getHeight()).isEqualTo(2 * 96 + 4);
      assertThat(example.picture().columns())
          .extracting(column -> column.shows() + ", " + column.head())
          .containsExactly(
              "left alone, fine",
              "right alone, coarse",
              "whole network, fine",
              "whole network, coarse");
      int original = picture.getRGB(48, 48);
      byte[] pixels = dataSet.test().pixels(example.picture().image(), 1);
      int offset = 16 * 32 + 16;
      assertThat(original >> 16 & 0xff).as("red").isEqualTo(pixels[offset] & 0xff);
      assertThat(original & 0xff).as("blue").isEqualTo(pixels[offset + 2048] & 0xff);
    }
  }

  @Test
  void silencingAHemisphereEqualsZeroingItsWeightsInTheHead() throws IOException {
    GridPoint whole = point("bilateral-unspecialised", "symmetric");
    StoredNetworks.Stored network = trained().readAll(whole.job()).get(0);
    int left = 16;
    Weights.Tensor weights = network.weights().get("fine_head.1.weight");
    Reliance reliance = analysis(whole).reliance().get("fine");
    assertThat(reliance.accuracy()).isEqualTo(accuracy(whole, "fine"));
    double squares = 0;
    for (float value : weights.values()) {
      squares += (double) value * value;
    }
    assertThat(Math.hypot(reliance.leftNorm(), reliance.rightNorm()))
        .isCloseTo(Math.sqrt(squares), within(1e-5));
    float[] silencedValues = weights.values().clone();
    int features = weights.shape().get(1);
    for (int i = 0; i < silencedValues.length; i++) {
      silencedValues[i] = i % features < left ? 0 : silencedValues[i];
    }
    Weights silencedWeights =
        network
            .weights()
            .with(
                new Weights(
                    Map.of(
                        "fine_head.1.weight",
                        new Weights.Tensor(weights.shape(), silencedValues))));

    try (Ensemble silencedNetwork =
        Ensemble.of(
            ENGINE, List.of(new StoredNetworks.Stored(network.architecture(), silencedWeights)))) {
      TestPass silenced =
          TestPass.of(
              silencedNetwork::predict,
              whole.heads(),
              JobData.of(whole.job().data(), dataSet).test(256));
      assertThat(reliance.leftSilenced()).isEqualTo(silenced.accuracy(Head.FINE));
    }
  }

  private static StoredNetworks trained() {
    return StoredNetworks.of(setup.store(), HADOOP);
  }

  @Test
  void confusionsCountEveryImageOnceAndTheCoarseHeadsDiagonalIsCorrect() throws IOException {
    for (GridPoint point : setup.plan().points()) {
      analysis(point)
          .heads()
          .forEach(
              (head, of) -> {
                assertThat(Arrays.stream(of.superclasses()).flatMapToInt(Arrays::stream).sum())
                    .isEqualTo(IMAGES);
                for (int superclass = 0; superclass < of.superclasses().length; superclass++) {
                  int diagonal = of.superclasses()[superclass][superclass];
                  if (head.equals("coarse")) {
                    assertThat(of.rightBySuperclass()[superclass]).isEqualTo(diagonal);
                  } else {
                    assertThat(of.rightBySuperclass()[superclass]).isLessThanOrEqualTo(diagonal);
                  }
                }
              });
    }
  }

  @Test
  void anAnalysisIsNotRepeatedUnlessItIsDamaged() throws IOException {
    GridPoint point = point("unilateral-both", "symmetric");
    assertThat(analysis.run(point.job(), point.heads())).isFalse();
    Path file = Path.of(artifact(point).location("analysis.json").toUri().getPath());
    Files.writeString(file, "{}");

    assertThat(analysis.run(point.job(), point.heads())).isTrue();
    assertThat(analysis(point).images()).isEqualTo(IMAGES);
  }

  @Test
  void aNetworkRetrainedToOtherWeightsIsAnalysedAgain() throws IOException {
    GridPoint point = point("unilateral-both", "symmetric");
    Artifact before = setup.store().find(JobRunner.key(point.job())).orElseThrow();
    OtherWeights.commit(setup.store(), point.job(), 1e-6f);
    Path damaged = Path.of(before.location(OtherWeights.FILE).toUri());
    byte[] content = Files.readAllBytes(damaged);
    Files.delete(damaged); // the reason for retraining
    try {
      assertThat(analysis.run(point.job(), point.heads())).isTrue();
      assertThat(analysis.run(point.job(), point.heads())).isFalse();
    } finally { // other tests use the ensemble of which it is a member
      Files.write(damaged, content);
    }
  }

  @Test
  void aNetworkWhoseHemispheresAreMissingCannotBeAnalysed() throws IOException {
    Store empty = Store.open(temp.resolve("empty").toString(), HADOOP);

    assertThat(
            new NetworkAnalysis(ENGINE, empty, StoredNetworks.of(empty, HADOOP), dataSet)
                .isPossible(point("bilateral-specialised", "symmetric").job()))
        .isFalse();
  }

  @Test
  void tablesShowMeansOverSeeds() throws IOException {
    Analyses analyses = Analyses.read(setup.store(), setup.planFile());

    String text = new AnalysisText(analyses).markdown();
    Map<String, String> files = new LinkedHashMap<>();
    RequestedMaps none = new RequestedMaps(List.of());
    for (var file : new AnalysisCsv("plan", analyses, none).files().entrySet()) {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      file.getValue().writeTo(content);
      files.put(file.getKey(), content.toString(StandardCharsets.UTF_8));
    }

    assertThat(
            text.lines().filter(line -> line.matches("\\| (right|wrong) +\\| (right|wrong) .*±.*")))
        .as("how often each case occurs, and how similar its images are")
        .hasSizeBetween(16 + 2, 2 * 16);
    assertThat(text).contains("| bilateral-unspecialised | plastic   | resnet9  | joined");
    assertThat(files.get("split.csv").lines()).hasSize(1 + 4 * 16);
    assertThat(files.get("similarity-by-case.csv").lines()).hasSize(1 + 4 * 16 * 3);
    assertThat(files.get("saliency.csv").lines().skip(1))
        .as("left, right and whole, at two depths")
        .hasSizeGreaterThan(4 * 2 * 2)
        .allMatch(
            line -> line.matches(".*,(true|false),(1,middle|2,last),[a-z0-9. ]+,-?[0-9.E-]+"));
    assertThat(files.get("reliance.csv").lines()).hasSize(1 + 2 * 2 * (2 + 2 + 1));
    assertThat(files.get("networks.csv").lines()).hasSize(1 + setup.plan().points().size());
    assertThat(files.get("networks.csv")).contains("predictions.parquet");
  }

  private interface Answer {
    boolean isRight(int number);
  }

  private static double right(int[] images, Answer answer) {
    int right = 0;
    for (int number = 0; number < images.length; number++) {
      right += answer.isRight(number) ? images[number] : 0;
    }
    return (double) right / IMAGES;
  }

  private static double accuracy(GridPoint point, String head) throws IOException {
    return setup
        .store()
        .find(JobRunner.key(point.job()))
        .orElseThrow()
        .metrics()
        .heads()
        .get(head)
        .test();
  }

  private static GridPoint point(String model, String variant) {
    return setup.plan().points().stream()
        .filter(
            point ->
                point.model().equals(model) && point.variant().equals(variant) && point.seed() == 0)
        .findFirst()
        .orElseThrow();
  }

  private static Artifact artifact(GridPoint point) throws IOException {
    return setup.store().find(AnalysisFile.key(JobRunner.key(point.job()))).orElseThrow();
  }

  private static AnalysisFile analysis(GridPoint point) throws IOException {
    return artifact(point).read(AnalysisFile.FILE_NAME, AnalysisFile.class);
  }

  private static List<String[]> csv(GridPoint point) throws IOException {
    return new String(artifact(point).read("predictions.csv"), StandardCharsets.UTF_8)
        .lines()
        .skip(1)
        .map(line -> line.split(",", -1))
        .toList();
  }
}
