package org.bilateralbrain.nn.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.assertj.core.data.Percentage;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Layer.Plasticity;
import org.bilateralbrain.nn.Prediction;
import org.bilateralbrain.nn.Shape;
import org.bilateralbrain.nn.Sparsity;
import org.bilateralbrain.nn.Weights;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Our networks against the reference's own modules: the same weights (given by a formula) and the
 * same images must give the same features, logits, gradients, running statistics and losses. Prints
 * the largest differences.
 */
@EnabledIfEnvironmentVariable(
    named = "BILATERAL_GOLDEN",
    matches = ".+",
    disabledReason = "no golden vectors given")
@EnabledIfEnvironmentVariable(
    named = "BILATERAL_CIFAR100",
    matches = ".+",
    disabledReason = "no archive of CIFAR-100 given")
class GoldenVectorsTest {

  private static final Shape IMAGE = new Shape(32, 32, 3);
  private static final Map<Head, Integer> CLASSES =
      new EnumMap<>(Map.of(Head.FINE, 100, Head.COARSE, 20));
  private static final int WIDTH = 64;

  /**
   * Networks in which some winners and losers, in evaluation mode, differ by no more than single
   * precision resolves (0.5783848 and 0.5783849). If such a pair swaps, most features change: in
   * double precision, they differ by 9 % of their norm.
   */
  private static final Set<String> NEAR_TIES = Set.of("sparse_resnet9-coarse.json");

  /**
   * Swapped pairs change features by up to 15 %; omitting a step of k-winners, or a share that is
   * off by a few percent, by 22 % or more.
   */
  private static final double NEAR = 0.18;

  private final Map<String, Double> differences = new LinkedHashMap<>();

  static List<String> files() {
    return GoldenVectors.names();
  }

  @ParameterizedTest
  @MethodSource("files")
  void ourNetworkMatchesTheReference(String name) throws IOException {
    GoldenVectors golden = GoldenVectors.read(name);
    assumeTrue(golden.json().has("arch") || golden.json().has("farch"), "a file of vectors");
    if (golden.json().has("arch")) {
      unilateral(golden, NEAR_TIES.contains(name));
    } else {
      bilateral(golden);
    }
    System.out.printf("golden %-32s", name);
    differences.forEach((what, value) -> System.out.printf(Locale.ROOT, " %s %.1e", what, value));
    System.out.println();
  }

  private void unilateral(GoldenVectors golden, boolean nearTies) {
    Dl4jNetwork network = network(golden);
    List<Head> heads = network.architecture().heads();

    assertThat(network.architecture().parameterCount())
        .isEqualTo(golden.json().get("parameters").asLong());
    Prediction prediction = network.predict(golden.examples());
    if (nearTies) {
      assertFeaturesAreNear(prediction.features(), golden);
    } else {
      assertFeatures(prediction.features(), golden);
      for (int i = 0; i < heads.size(); i++) {
        assertClose(
            "logits",
            flat(prediction.logits().get(heads.get(i))),
            golden.array("/eval_logits/%s/values".formatted(i)),
            1e-4);
      }
    }
    int losses = golden.json().get("losses").size();
    if (sparsity(golden.json()).none()) {
      assertTraining(network, golden, losses);
      assertParameters(network, golden);
    } else {
      assertTraining(network, golden, 1);
      assertTrainingInDoublePrecision(golden, losses);
    }
  }

  /**
   * Rounding in single precision changes some winners, and Adam amplifies this, because its first
   * steps are as large for tiny gradients as for large ones: PyTorch's own losses in its two memory
   * layouts differ by 0.4 % after one step and by a factor of 1.7 after five. Our layers in double
   * precision agree with the reference for at least two steps.
   */
  private void assertTrainingInDoublePrecision(GoldenVectors golden, int steps) {
    Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);
    try {
      Dl4jNetwork network = network(golden);
      assertTraining(network, golden, 2);
      for (int step = 2; step < steps; step++) {
        network.step(golden.examples());
      }
      assertParameters(network, golden);
    } finally {
      Nd4j.setDefaultDataTypes(DataType.FLOAT, DataType.FLOAT);
    }
  }

  /** A network with the golden weights, without dropout. */
  private static Dl4jNetwork network(GoldenVectors golden) {
    HemisphereShape shape = shape(golden, "arch", sparsity(golden.json()));
    Map<Head, Integer> classes = new EnumMap<>(CLASSES);
    classes.keySet().retainAll(heads(golden));
    Architecture architecture = Architecture.unilateral(IMAGE, shape, classes);
    Hyperparameters hyperparameters =
        new Hyperparameters(
            golden.json().at("/adam/lr").asDouble(),
            golden.json().at("/adam/weight_decay").asDouble(),
            0);
    Dl4jNetwork network = new Dl4jNetwork(architecture, hyperparameters);
    network.load(golden.weights(architecture, UnaryOperator.identity(), golden.salt()));
    withoutDropout(network);
    return network;
  }

  /** The vectors were computed without dropout, even inside hemispheres. */
  private static void withoutDropout(Dl4jNetwork network) {
    for (org.deeplearning4j.nn.api.Layer layer : network.graph().getLayers()) {
      layer.conf().getLayer().setIDropout(null);
    }
  }

  /** The first gradients and running statistics, and the losses of the first steps. */
  private void assertTraining(Dl4jNetwork network, GoldenVectors golden, int steps) {
    assertTensors(
        "gradients", Gradients.of(network, golden.examples()), golden.json(), "grads", 1e-3, 1e-2);
    double[] losses = golden.doubles("losses");
    for (int step = 0; step < steps; step++) {
      network.startEpoch(0);
      network.step(golden.examples());
      assertLoss(network.meanLoss(), losses[step]);
      if (step == 0) {
        assertTensors(
            "running statistics", network.weights(), golden.json(), "running_after_1", 1e-4, 5e-4);
      }
    }
  }

  /** After all steps, except where gradients are noise, which Adam turns into full steps. */
  private void assertParameters(Dl4jNetwork network, GoldenVectors golden) {
    Map<String, Weights.Tensor> tensors = new LinkedHashMap<>(network.weights().tensors());
    tensors.keySet().removeIf(name -> isNoise(golden.json().get("grads"), name));
    assertTensors("parameters", new Weights(tensors), golden.json(), "params_after", 1e-3, 5e-3);
  }

  /** Features, logits and losses per head, in evaluation mode. */
  private void bilateral(GoldenVectors golden) {
    HemisphereShape left = shape(golden, "farch", Sparsity.NONE);
    HemisphereShape right = shape(golden, "carch", Sparsity.NONE);
    Plasticity frozen = Plasticity.FROZEN;
    Architecture architecture = Architecture.bilateral(IMAGE, left, frozen, right, frozen, CLASSES);
    Dl4jNetwork network = new Dl4jNetwork(architecture, Hyperparameters.NONE);
    network.load(
        golden.weights(
            architecture,
            name -> name.replaceFirst("^left", "fine_hemi").replaceFirst("^right", "coarse_hemi"),
            golden.salt() + 0.5));

    assertThat(Architecture.heads(architecture.features(), architecture.classes()).parameterCount())
        .isEqualTo(golden.json().get("trainable").asLong());
    Examples records = golden.examples();
    Prediction prediction = network.predict(records);
    assertClose("features", norms(prediction.features()), golden.array("/features_rows_l2"), 1e-4);
    int number = 0;
    for (Head head : architecture.heads()) {
      float[][] logits = prediction.logits().get(head);
      assertClose("logits", flat(logits), golden.array("/" + head.label() + "_logits"), 1e-4);
      assertLoss(crossEntropy(logits, records.labels(head)), golden.doubles("losses")[number++]);
    }
  }

  private static double crossEntropy(float[][] logits, int[] labels) {
    double loss = 0;
    for (int i = 0; i < labels.length; i++) {
      double sum = 0;
      for (float logit : logits[i]) {
        sum += Math.exp(logit);
      }
      loss += (Math.log(sum) - logits[i][labels[i]]) / labels.length;
    }
    return loss;
  }

  private void assertLoss(double loss, double expected) {
    note("losses", Math.abs(loss / expected - 1));
    assertThat(loss).isCloseTo(expected, Percentage.withPercentage(0.1));
  }

  private static HemisphereShape shape(GoldenVectors golden, String key, Sparsity sparsity) {
    Backbone backbone = Backbone.named(golden.json().get(key).asText()).orElseThrow();
    return new HemisphereShape(backbone, WIDTH, sparsity);
  }

  private static Sparsity sparsity(JsonNode golden) {
    return golden.get("k").isNull()
        ? Sparsity.NONE
        : new Sparsity(
            golden.get("k").asDouble(), golden.get("k_percent").asDouble(), Sparsity.Testing.BATCH);
  }

  private static List<Head> heads(GoldenVectors golden) {
    return switch (golden.json().get("heads").asText()) {
      case "fine" -> List.of(Head.FINE);
      case "coarse" -> List.of(Head.COARSE);
      default -> List.of(Head.FINE, Head.COARSE);
    };
  }

  private void assertFeatures(float[][] features, GoldenVectors golden) {
    if (golden.json().get("eval_features").has("values")) {
      assertClose("features", flat(features), golden.array("/eval_features/values"), 1e-4);
    } else {
      assertClose("features", norms(features), golden.array("/eval_features/rows_l2"), 1e-4);
    }
  }

  private void assertFeaturesAreNear(float[][] features, GoldenVectors golden) {
    float[] expected = golden.array("/eval_features/values");
    float[] actual = flat(features);
    float[] difference = new float[actual.length];
    for (int i = 0; i < difference.length; i++) {
      difference[i] = actual[i] - expected[i];
    }
    double distance = norm(difference) / norm(expected);
    note("features' distance", distance);
    assertThat(distance).isLessThan(NEAR);
  }

  /**
   * The files hold each tensor's norm and its first values.
   *
   * @param tolerance of norms
   * @param valueTolerance tolerance of single values, as a share of the tensor's root mean square.
   *     A ReLU or maximum flipped by rounding changes a few values of a gradient but hardly its
   *     norm.
   */
  private void assertTensors(
      String what,
      Weights ours,
      JsonNode file,
      String key,
      double tolerance,
      double valueTolerance) {
    JsonNode expected = file.get(key);
    double ofAll = normOfAll(expected);
    List<String> compared = new ArrayList<>(ours.tensors().keySet());
    compared.removeIf(name -> !expected.has(name));
    assertThat(compared).hasSizeGreaterThanOrEqualTo(Math.min(10, expected.size()));
    for (String name : compared) {
      float[] values = ours.get(name).values();
      double norm = expected.get(name).get("l2").asDouble();
      if (isNoise(expected, name)) {
        assertThat(norm(values)).as(name).isLessThan(1e-4 * ofAll);
        continue;
      }
      double ofNorm = Math.abs(norm(values) - norm) / norm;
      note(what, ofNorm);
      assertThat(ofNorm).as(name).isLessThan(tolerance);
      double typical = norm / Math.sqrt(values.length);
      JsonNode first = expected.get(name).get("first");
      for (int i = 0; i < first.size(); i++) {
        assertThat(Math.abs(values[i] - first.get(i).asDouble()))
            .as(name + " " + i)
            .isLessThan(valueTolerance * Math.max(typical, 0.1 * tolerance));
      }
    }
  }

  /** Whether a gradient is zero except for rounding, like that of a bias before batch norm. */
  private static boolean isNoise(JsonNode gradients, String name) {
    JsonNode gradient = gradients.get(name);
    return gradient != null && gradient.get("l2").asDouble() < 1e-5 * normOfAll(gradients);
  }

  private static double normOfAll(JsonNode tensors) {
    return Math.sqrt(
        tensors.findValues("l2").stream().mapToDouble(n -> n.asDouble() * n.asDouble()).sum());
  }

  private void assertClose(String what, float[] actual, float[] expected, double tolerance) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < actual.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
    }
    note(what, difference / largest);
    assertThat(difference).as(what).isLessThan(tolerance * largest);
  }

  private void note(String what, double difference) {
    differences.merge(what, difference, Math::max);
  }

  private static float[] flat(float[][] rows) {
    float[] flat = new float[rows.length * rows[0].length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, flat, i * rows[i].length, rows[i].length);
    }
    return flat;
  }

  private static float[] norms(float[][] rows) {
    float[] norms = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      norms[i] = (float) norm(rows[i]);
    }
    return norms;
  }

  private static double norm(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares);
  }
}
