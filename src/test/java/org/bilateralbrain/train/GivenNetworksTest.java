package org.bilateralbrain.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.assertj.core.util.DoubleComparator;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.data.TorchFiles;
import org.bilateralbrain.grid.GridPoint;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Engines;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.TestResult;
import org.bilateralbrain.sweep.SweepSetup;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks trained in one store, given to sweeps with stores of their own. */
class GivenNetworksTest {

  private static final String MODELS =
      "bilateral.grid.models=[unilateral-fine, unilateral-both, bilateral-specialised, ensemble]";

  @TempDir static Path temp;

  private static SweepSetup trained;

  @BeforeAll
  static void train() throws IOException {
    trained = setup("trained", MODELS);
    TrainedHere.everythingOf(trained);
  }

  @Test
  void aSingleHeadInTheReferencesOrderTestsAsItsNetworkDid() throws IOException {
    Path file = temp.resolve("fine-0.ckpt");
    Files.write(file, TorchFiles.stateDictionary(inTextOrder(weights("unilateral-fine"))));
    String given = "bilateral.hemisphere.checkpoint=" + temp.resolve("fine-{seed}.ckpt");
    String fine = "bilateral.grid.models=[unilateral-fine]";
    String seed = "bilateral.grid.seeds=[0]";

    SweepSetup text = run("text", fine, seed, given);
    assertThat(metrics(text, "unilateral-fine").heads())
        .isEqualTo(metrics(trained, "unilateral-fine").heads());
    assertThat(digest(text)).isEqualTo(digest(trained));
    SweepSetup numeric =
        run("numeric", fine, seed, given, "bilateral.hemisphere.checkpoint-class-order=numeric");
    assertThat(digest(numeric)).as("other rows").isNotEqualTo(digest(trained));
  }

  /** Of the weights of the first network with a fine head. */
  private static String digest(SweepSetup setup) throws IOException {
    return artifact(setup, points(setup, "unilateral-fine").get(0).job()).weights().orElseThrow();
  }

  /** The rows of the head as a folder's names sort them. */
  private static Map<String, Weights.Tensor> inTextOrder(Weights weights) {
    List<String> names =
        new ArrayList<>(new TreeSet<>(IntStream.range(0, 20).mapToObj(Integer::toString).toList()));
    Map<String, Weights.Tensor> tensors = new LinkedHashMap<>(weights.tensors());
    for (String name : List.of("fine_head.1.weight", "fine_head.1.bias")) {
      Weights.Tensor tensor = weights.get(name);
      int columns = tensor.values().length / 20;
      float[] sorted = new float[tensor.values().length];
      for (int row = 0; row < 20; row++) {
        System.arraycopy(
            tensor.values(),
            Integer.parseInt(names.get(row)) * columns,
            sorted,
            row * columns,
            columns);
      }
      tensors.put(name, new Weights.Tensor(tensor.shape(), sorted));
    }
    return tensors;
  }

  @Test
  void networksWithTwoHeadsAndTheirEnsembleTestAsTheyDid() throws IOException {
    Path folder = temp.resolve("both");
    for (int seed = 0; seed < 2; seed++) {
      Files.createDirectories(folder);
      Files.write(
          folder.resolve(seed + ".pt"),
          TorchFiles.stateDictionary(
              weights(trained, points(trained, "unilateral-both").get(seed).job()).tensors()));
    }
    SweepSetup given =
        run(
            "given-both",
            "bilateral.grid.models=[unilateral-both, ensemble]",
            "bilateral.both-heads.checkpoint=" + folder.resolve("{seed}.pt"));

    for (String model : List.of("unilateral-both", "ensemble-2")) {
      assertThat(metrics(given, model).heads()).isEqualTo(metrics(trained, model).heads());
    }
    assertThat(metrics(given, "unilateral-both").epochs()).isZero();
  }

  @Test
  void aWholeBilateralNetworkTestsAsItDidFromItsArtifactAndFromAFile() throws IOException {
    Job bilateral = points(trained, "bilateral-specialised").get(0).job();
    Path file = temp.resolve("bilateral.pt");
    Map<String, Weights.Tensor> renamed = new LinkedHashMap<>();
    weights(trained, bilateral)
        .tensors()
        .forEach(
            (name, tensor) ->
                renamed.put(
                    name.replaceFirst("^left", "fine_hemi").replaceFirst("^right", "coarse_hemi"),
                    tensor));
    Files.write(file, TorchFiles.stateDictionary(renamed));

    for (String location : List.of(folder(trained, bilateral), file.toString())) {
      String[] settings = {
        "bilateral.grid.models=[bilateral-specialised]",
        "bilateral.grid.seeds=[0]",
        "bilateral.heads.checkpoint=" + location
      };
      SweepSetup given = setup("tested", settings);
      TestResult tested = test(given);
      Metrics before = metrics(trained, "bilateral-specialised");

      before
          .heads()
          .forEach(
              (head, accuracy) ->
                  assertThat(tested.heads().get(head).top1()).isEqualTo(accuracy.test()));
      assertThat(metrics(run("given-whole", settings), "bilateral-specialised").heads())
          .as("a loss on stored features is rounded otherwise than on images")
          .usingRecursiveComparison()
          .withComparatorForType(new DoubleComparator(1e-6), Double.class)
          .isEqualTo(before.heads());
    }
  }

  /** Without having run anything: its store is empty. */
  private static TestResult test(SweepSetup setup) throws IOException {
    Configuration hadoop = new Configuration();
    StoredNetworks networks = StoredNetworks.of(setup.store(), hadoop);
    GridPoint point = setup.plan().points().get(0);
    assertThat(networks.arePresent(point.job())).isTrue();
    return new NetworkTester(
            Engines.named("dl4j"), networks, DataSource.Cache.load(setup.source(), hadoop))
        .test(point.job(), point.heads());
  }

  @Test
  void aHemisphereIsTrainedFurtherFromTheGivenWeights() throws IOException {
    Job fine = points(trained, "unilateral-fine").get(0).job();
    SweepSetup further =
        run(
            "further",
            "bilateral.grid.models=[unilateral-fine]",
            "bilateral.grid.seeds=[5]",
            "bilateral.hemisphere.start-from=" + folder(trained, fine),
            "bilateral.hemisphere.learning-rate=1e-9");

    Weights before = weights(trained, fine);
    Weights after = weights(further, further.plan().points().get(0).job());
    assertThat(after.digest()).isNotEqualTo(before.digest());
    for (String name : List.of("hemisphere.conv1.0.weight", "fine_head.1.weight")) {
      for (int i = 0; i < before.get(name).values().length; i++) {
        assertThat(Math.abs(after.get(name).values()[i] - before.get(name).values()[i]))
            .isLessThan(1e-6f);
      }
    }
    assertThat(metrics(further, "unilateral-fine").epochs()).isEqualTo(2);
  }

  private static SweepSetup run(String store, String... overrides) throws IOException {
    SweepSetup setup = setup(store, overrides);
    TrainedHere.everythingOf(setup);
    return setup;
  }

  private static SweepSetup setup(String store, String... overrides) throws IOException {
    String config =
        """
        bilateral {
          name = given
          data.synthetic { train-images = 200, test-images = 100, coarse-classes = 4, fine-per-coarse = 5 }
          grid.seeds = [0, 1]
          hemisphere { width = 2, epochs = 2, batch-size = 50, learning-rate = 3e-3 }
          both-heads { epochs = 2, batch-size = 50, learning-rate = 3e-3 }
          heads { feature-views = 2, epochs = 2, batch-size = 50, learning-rate = 3e-3 }
        }
        """;
    Path file = Files.writeString(temp.resolve("given.conf"), config);
    List<String> all = new ArrayList<>(List.of(overrides));
    all.add("bilateral.store=" + temp.resolve(store));
    return SweepSetup.of(SweepConfig.load(file.toFile(), all), new Configuration());
  }

  private static List<GridPoint> points(SweepSetup setup, String model) {
    return setup.plan().points().stream().filter(point -> point.model().equals(model)).toList();
  }

  /** Of the model's first network. */
  private static Metrics metrics(SweepSetup setup, String model) throws IOException {
    return artifact(setup, points(setup, model).get(0).job()).metrics();
  }

  private static Weights weights(String model) throws IOException {
    return weights(trained, points(trained, model).get(0).job());
  }

  private static Weights weights(SweepSetup setup, Job job) throws IOException {
    return StoredNetworks.of(setup.store(), new Configuration()).readAll(job).get(0).weights();
  }

  private static String folder(SweepSetup setup, Job job) throws IOException {
    String file = artifact(setup, job).location(WeightsFile.NAME).toString();
    return file.substring(0, file.lastIndexOf('/'));
  }

  private static Artifact artifact(SweepSetup setup, Job job) throws IOException {
    return setup.store().find(JobRunner.key(job)).orElseThrow();
  }
}
