package org.bilateralbrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.CheckpointSettings;
import org.bilateralbrain.data.TorchFile;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.ClassOrder;
import org.bilateralbrain.nn.Engines;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Initialisation;
import org.bilateralbrain.nn.Layer.Plasticity;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.Prediction;
import org.bilateralbrain.nn.TestNetworks;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Networks of PyTorch's own modules, saved by PyTorch: read, they give the same logits. Two of them
 * are kept as resources; with {@code BILATERAL_PYTHON}, a Python with PyTorch makes these and the
 * others anew.
 */
class PyTorchFilesTest {

  private static final Map<Head, Integer> CLASSES =
      new EnumMap<>(Map.of(Head.FINE, 100, Head.COARSE, 20));

  private static final Path KEPT = Path.of("src/test/resources/pytorch");

  @TempDir static Path folder;

  @BeforeAll
  static void runPyTorch() throws IOException, InterruptedException {
    String interpreter = System.getenv("BILATERAL_PYTHON");
    if (interpreter == null) {
      return;
    }
    Process python =
        new ProcessBuilder(interpreter, "src/test/python/reference_networks.py", folder.toString())
            .inheritIO()
            .start();
    assertThat(python.waitFor()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "resnet18-fine, RESNET18, FINE",
    "resnet50-coarse, RESNET50, COARSE",
    "vgg11-fine, VGG11, FINE",
    "vgg11_features-fine, VGG11_FEATURES, FINE"
  })
  void aSingleHeadsLogitsAreThoseOfTheClassesInTextOrder(String name, Backbone backbone, Head head)
      throws IOException {
    int classes = CLASSES.get(head);
    Architecture network = unilateral(backbone, Map.of(head, classes));
    float[] actual = predict(name, network, ClassOrder.REFERENCE).logits(head)[0];

    List<Integer> inTextOrder =
        new TreeSet<>(IntStream.range(0, classes).mapToObj(Integer::toString).toList())
            .stream().map(Integer::valueOf).toList();
    float[] ofRows = new float[classes];
    for (int row = 0; row < classes; row++) {
      ofRows[row] = actual[inTextOrder.get(row)];
    }
    assertClose(ofRows, expected(name, head));
  }

  @Test
  void twoHeadsAreInNumericOrder() throws IOException {
    Prediction actual =
        predict("resnet18-both", unilateral(Backbone.RESNET18, CLASSES), ClassOrder.NUMERIC);

    for (Head head : Head.BOTH) {
      assertClose(actual.logits(head)[0], expected("resnet18-both", head));
    }
  }

  @Test
  void aWholeBilateralNetworkIsRead() throws IOException {
    HemisphereShape shape = new HemisphereShape(Backbone.RESNET18, 2);
    Architecture network =
        Architecture.bilateral(
            TestNetworks.IMAGE, shape, Plasticity.FROZEN, shape, Plasticity.FROZEN, CLASSES);
    Prediction actual = predict("resnet18-resnet18", network, ClassOrder.NUMERIC);

    for (Head head : Head.BOTH) {
      assertClose(actual.logits(head)[0], expected("resnet18-resnet18", head));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Backbone.class,
      names = {"RESNET9", "VGG11", "SPARSE_RESNET9", "RESNET18", "RESNET50"})
  void exportedNamesAreThoseThatTheReferenceLoads(Backbone backbone) throws IOException {
    assertThat(exportedNames(unilateral(backbone, CLASSES)))
        .containsExactlyInAnyOrderElementsOf(referenceNames(backbone.label()));
  }

  @Test
  void soAreThoseOfABilateralNetwork() throws IOException {
    HemisphereShape shape = new HemisphereShape(Backbone.RESNET9, 2);
    Architecture network =
        Architecture.bilateral(
            TestNetworks.IMAGE, shape, Plasticity.FROZEN, shape, Plasticity.FROZEN, CLASSES);

    assertThat(exportedNames(network))
        .containsExactlyInAnyOrderElementsOf(referenceNames("bilateral"));
  }

  private static Set<String> exportedNames(Architecture architecture) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    NetworkExport.writePyTorch(architecture, Initialisation.draw(architecture, 1), out);
    return TorchFile.read("exported.pt", out.toByteArray()).keySet();
  }

  private static List<String> referenceNames(String network) throws IOException {
    List<String> names = new ArrayList<>();
    new ObjectMapper()
        .readTree(KEPT.resolve("names.json").toFile())
        .get(network)
        .forEach(name -> names.add(name.asText()));
    return names;
  }

  private static Architecture unilateral(Backbone backbone, Map<Head, Integer> classes) {
    return Architecture.unilateral(TestNetworks.IMAGE, new HemisphereShape(backbone, 2), classes);
  }

  private static Prediction predict(String name, Architecture architecture, ClassOrder order)
      throws IOException {
    PretrainedNetworks pretrained = new PretrainedNetworks(new Configuration());
    String file = file(name + ".ckpt").toString();
    StoredNetworks.Stored read =
        pretrained.load(
            pretrained.find(new CheckpointSettings(file, order, null), architecture, name),
            architecture,
            name);
    try (Network network =
        Engines.named("dl4j").create(architecture, Hyperparameters.NONE, read.weights())) {
      return network.predict(image(name));
    }
  }

  /** PyTorch has channels first, we have them last. */
  private static Examples image(String name) throws IOException {
    JsonNode values = json(name).get("image");
    float[] pixels = new float[values.size()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) values.get(i % 3 * 1024 + i / 3).asDouble();
    }
    return new Examples.OfValues(pixels, new int[1], new int[1]);
  }

  private static JsonNode expected(String name, Head head) throws IOException {
    return json(name).get("logits").get(head.label());
  }

  private static JsonNode json(String name) throws IOException {
    return new ObjectMapper().readTree(file(name + ".json").toFile());
  }

  private static Path file(String name) {
    Path made = folder.resolve(name);
    Path file = Files.exists(made) ? made : KEPT.resolve(name);
    assumeThat(file).as("made by a Python with PyTorch (BILATERAL_PYTHON)").exists();
    return file;
  }

  private static void assertClose(float[] actual, JsonNode expected) {
    assertThat(actual).hasSize(expected.size());
    double largest = 0;
    for (JsonNode value : expected) {
      largest = Math.max(largest, Math.abs(value.asDouble()));
    }
    for (int i = 0; i < actual.length; i++) {
      assertThat((double) actual[i])
          .as("row %s", i)
          .isCloseTo(expected.get(i).asDouble(), within(1e-4 * largest));
    }
  }
}
