package org.bilateralbrain.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.assertj.core.data.Percentage;
import org.bilateralbrain.data.Batch;
import org.bilateralbrain.nn.layers.KWinners;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Our networks against the reference's own modules: the same weights (given by a formula) and the
 * same images must give the same features, predictions, gradients, running statistics and losses.
 * Prints the largest differences.
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

  private static final Networks.ImageShape IMAGES = new Networks.ImageShape(32, 32, 3);
  private static final Map<Head, Integer> CLASSES =
      new EnumMap<>(Map.of(Head.FINE, 100, Head.COARSE, 20));
  private static final int WIDTH = 64;

  /**
   * Networks some of whose winners and losers, in testing mode, differ by less than single
   * precision can tell (0.5783848 and 0.5783849). Where one of them changes places, most features
   * change: computed in double precision, they are at a distance of 9 % of their norm.
   */
  private static final Set<String> NEAR_TIES = Set.of("sparse_resnet9-coarse.json");

  /**
   * Changed places give up to 15 %; one step of k-winners left out, or a share a few percent off,
   * gives 22 % or more.
   */
  private static final double NEAR = 0.18;

  private final Map<String, Double> differences = new LinkedHashMap<>();

  static List<String> files() {
    return GoldenVectors.names();
  }

  @ParameterizedTest
  @MethodSource("files")
  void ourNetworkIsTheReferences(String name) throws IOException {
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
    ComputationGraph network = network(golden);
    List<Head> heads = heads(golden);

    assertThat(Networks.parameters(network)).isEqualTo(golden.json().get("parameters").asLong());
    Map<String, INDArray> activations = network.feedForward(images(golden.records()), false);
    if (nearTies) {
      assertFeaturesAreNear(activations.get(Networks.FEATURES), golden);
    } else {
      assertFeatures(activations.get(Networks.FEATURES), golden);
      for (int i = 0; i < heads.size(); i++) {
        INDArray logits = golden.array("/eval_logits/%s/values".formatted(i));
        assertProbabilities(activations.get(heads.get(i).label()), logits);
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
   * Rounding in single precision makes some winners lose, and Adam, whose first steps are as large
   * for a tiny gradient as for a large one, amplifies it: PyTorch's own losses in its two memory
   * layouts differ by 0.4 % after one step and by a factor of 1.7 after five. Our layers in double
   * precision agree with the reference for at least two steps.
   */
  private void assertTrainingInDoublePrecision(GoldenVectors golden, int steps) {
    Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);
    try {
      ComputationGraph network = network(golden);
      assertTraining(network, golden, 2);
      for (int step = 2; step < steps; step++) {
        network.fit(new INDArray[] {images(golden.records())}, labels(golden));
      }
      assertParameters(network, golden);
    } finally {
      Nd4j.setDefaultDataTypes(DataType.FLOAT, DataType.FLOAT);
    }
  }

  /** With the golden weights, without dropout. */
  private static ComputationGraph network(GoldenVectors golden) {
    Map<Head, Integer> classes = new EnumMap<>(Head.class);
    heads(golden).forEach(head -> classes.put(head, CLASSES.get(head)));
    Hyperparameters hyperparameters =
        new Hyperparameters(
            golden.json().at("/adam/lr").asDouble(),
            golden.json().at("/adam/weight_decay").asDouble(),
            0);
    HemisphereShape shape = new HemisphereShape(backbone(golden), WIDTH, sparsity(golden.json()));
    ComputationGraph network = Networks.unilateral(IMAGES, shape, classes, hyperparameters, 0);
    golden.fill(tensors(network, golden), golden.salt());
    withoutDropout(network);
    return network;
  }

  private static Backbone backbone(GoldenVectors golden) {
    return Backbone.named(golden.json().get("arch").asText()).orElseThrow();
  }

  private static List<TorchTensor> tensors(ComputationGraph network, GoldenVectors golden) {
    return TorchTensor.of(network, backbone(golden), "hemisphere.");
  }

  /** The first gradients and running statistics, and the losses of the first steps. */
  private void assertTraining(ComputationGraph network, GoldenVectors golden, int steps) {
    INDArray images = images(golden.records());
    INDArray[] labels = labels(golden);
    assertGradients(network, images, labels, golden);
    double[] losses = golden.doubles("losses");
    for (int step = 0; step < steps; step++) {
      assertLoss(network, new INDArray[] {images}, labels, losses[step]);
      if (step == 0) {
        assertTensors(
            "running statistics",
            tensors(network, golden),
            golden.json().get("running_after_1"),
            1e-4,
            5e-4);
      }
    }
  }

  /** After all steps. */
  private void assertParameters(ComputationGraph network, GoldenVectors golden) {
    List<TorchTensor> tensors = tensors(network, golden);
    tensors.removeIf(
        tensor ->
            isNoise(golden.json().get("grads"), tensor)); // Adam makes steps of them all the same
    assertTensors("parameters", tensors, golden.json().get("params_after"), 1e-3, 5e-3);
  }

  /** In testing mode, the losses for each head. */
  private void bilateral(GoldenVectors golden) {
    double shift = golden.salt() + 0.5;
    HemisphereShape leftShape = shape(golden, "farch");
    HemisphereShape rightShape = shape(golden, "carch");
    Hyperparameters hyperparameters = new Hyperparameters(1e-4, 1e-5, 0);
    ComputationGraph left = hemisphere(golden, leftShape, "fine_hemi.", shift);
    ComputationGraph right = hemisphere(golden, rightShape, "coarse_hemi.", shift);
    ComputationGraph heads =
        Networks.heads(leftShape.features() + rightShape.features(), CLASSES, hyperparameters, 0);
    golden.fill(TorchTensor.of(heads, leftShape.backbone(), ""), shift);
    ComputationGraph network =
        Networks.bilateral(
            IMAGES,
            leftShape,
            Plasticity.FROZEN,
            rightShape,
            Plasticity.FROZEN,
            CLASSES,
            hyperparameters,
            0);
    Networks.transplant(left, network, Networks.Place.LEFT);
    Networks.transplant(right, network, Networks.Place.RIGHT);
    Networks.transplant(heads, network, Networks.Place.HEADS);
    Batch records = golden.records();
    INDArray images = images(records);

    assertThat(Networks.parameters(heads)).isEqualTo(golden.json().get("trainable").asLong());
    Map<String, INDArray> activations = network.feedForward(images, false);
    INDArray norms = activations.get(Networks.FEATURES).norm2(1);
    assertClose("features", norms, golden.array("/features_rows_l2"), 1e-4);
    assertProbabilities(activations.get("fine"), golden.array("/fine_logits"));
    assertProbabilities(activations.get("coarse"), golden.array("/coarse_logits"));
    assertLoss(activations.get("fine"), records.fine(), golden.doubles("losses")[0]);
    assertLoss(activations.get("coarse"), records.coarse(), golden.doubles("losses")[1]);
  }

  private void assertLoss(INDArray probabilities, int[] labels, double expected) {
    double loss = 0;
    for (int i = 0; i < labels.length; i++) {
      loss -= Math.log(probabilities.getDouble(i, labels[i])) / labels.length;
    }
    note("losses", Math.abs(loss / expected - 1));
    assertThat(loss).isCloseTo(expected, Percentage.withPercentage(0.1));
  }

  private static ComputationGraph hemisphere(
      GoldenVectors golden, HemisphereShape shape, String prefix, double shift) {
    ComputationGraph network =
        Networks.unilateral(
            IMAGES, shape, Map.of(Head.FINE, 100), new Hyperparameters(1e-4, 0, 0), 0);
    List<TorchTensor> ofHemisphere =
        TorchTensor.of(network, shape.backbone(), prefix).stream()
            .filter(t -> t.name().startsWith(prefix))
            .toList();
    golden.fill(ofHemisphere, shift);
    return network;
  }

  private static HemisphereShape shape(GoldenVectors golden, String key) {
    return new HemisphereShape(
        Backbone.named(golden.json().get(key).asText()).orElseThrow(), WIDTH);
  }

  private static Sparsity sparsity(JsonNode golden) {
    return golden.get("k").isNull()
        ? Sparsity.NONE
        : new Sparsity(
            golden.get("k").asDouble(), golden.get("k_percent").asDouble(), KWinners.Testing.BATCH);
  }

  private static List<Head> heads(GoldenVectors golden) {
    return switch (golden.json().get("heads").asText()) {
      case "fine" -> List.of(Head.FINE);
      case "coarse" -> List.of(Head.COARSE);
      default -> List.of(Head.FINE, Head.COARSE);
    };
  }

  /** The vectors were computed without dropout, inside hemispheres too. */
  private static void withoutDropout(ComputationGraph network) {
    for (org.deeplearning4j.nn.api.Layer layer : network.getLayers()) {
      layer.conf().getLayer().setIDropout(null);
    }
  }

  private void assertFeatures(INDArray features, GoldenVectors golden) {
    JsonNode json = golden.json().get("eval_features");
    if (json.has("values")) {
      assertClose(
          "features",
          features.dup('c').reshape(features.length()),
          golden.array("/eval_features/values"),
          1e-4);
    } else {
      assertClose("features", features.norm2(1), golden.array("/eval_features/rows_l2"), 1e-4);
    }
  }

  private void assertFeaturesAreNear(INDArray features, GoldenVectors golden) {
    INDArray expected = golden.array("/eval_features/values");
    INDArray difference = features.dup('c').reshape(features.length()).sub(expected);
    double distance = difference.norm2Number().doubleValue() / expected.norm2Number().doubleValue();
    note("features' distance", distance);
    assertThat(distance).isLessThan(NEAR);
  }

  /** Softmax is blind to what it is given plus a constant, in each row, and to nothing else. */
  private void assertProbabilities(INDArray probabilities, INDArray logits) {
    INDArray expected = logits.reshape('c', probabilities.shape());
    INDArray ours = Transforms.log(probabilities.castTo(DataType.DOUBLE));
    INDArray difference = ours.sub(expected.castTo(DataType.DOUBLE));
    double error = 0;
    for (long row = 0; row < difference.rows(); row++) {
      // The most probable class fixes the constant: tiny probabilities have lost their last digits.
      long best = expected.getRow(row).argMax(0).getLong(0);
      double constant = difference.getDouble(row, best);
      for (long column = 0; column < difference.columns(); column++) {
        if (probabilities.getDouble(row, column) > 1e-30) {
          error = Math.max(error, Math.abs(difference.getDouble(row, column) - constant));
        }
      }
    }
    double largest = expected.amaxNumber().doubleValue();
    note("logits", error / largest);
    assertThat(error).isLessThan(1e-4 * largest);
  }

  private void assertLoss(
      ComputationGraph network, INDArray[] inputs, INDArray[] labels, double expected) {
    double l2 = network.calcRegularizationScore(true);
    network.fit(inputs, labels);
    double loss = network.score() - l2;
    note("losses", Math.abs(loss / expected - 1));
    assertThat(loss).isCloseTo(expected, Percentage.withPercentage(0.1));
  }

  /**
   * DL4J sums gradients over the batch; its updater divides. They lie in memory as the parameters
   * do.
   */
  private void assertGradients(
      ComputationGraph network, INDArray images, INDArray[] labels, GoldenVectors golden) {
    network.setInputs(images);
    network.setLabels(labels);
    network.computeGradientAndScore();
    ComputationGraph gradients = network.clone();
    gradients.setParams(network.getFlattenedGradients().div(images.size(0)));
    assertTensors("gradients", tensors(gradients, golden), golden.json().get("grads"), 1e-3, 1e-2);
  }

  /**
   * The files hold each tensor's norm and its first values.
   *
   * @param tolerance of norms
   * @param ofValues tolerance of single values, as a share of the tensor's root mean square. A ReLU
   *     or maximum that rounding flips changes a few values of a gradient but not its norm.
   */
  private void assertTensors(
      String what,
      List<TorchTensor> tensors,
      JsonNode expected,
      double tolerance,
      double ofValues) {
    double ofAll =
        Math.sqrt(
            expected.findValues("l2").stream().mapToDouble(n -> n.asDouble() * n.asDouble()).sum());
    for (TorchTensor tensor : tensors) {
      JsonNode golden = expected.get(tensor.name());
      if (golden == null) {
        continue;
      }
      INDArray values = tensor.values();
      double norm = golden.get("l2").asDouble();
      double ours = values.castTo(DataType.DOUBLE).norm2Number().doubleValue();
      if (isNoise(expected, tensor)) {
        assertThat(ours).as(tensor.name()).isLessThan(1e-4 * ofAll);
        continue;
      }
      double ofNorm = Math.abs(ours - norm) / norm;
      note(what, ofNorm);
      assertThat(ofNorm).as(tensor.name()).isLessThan(tolerance);
      double typical = norm / Math.sqrt(values.length());
      for (int i = 0; i < golden.get("first").size(); i++) {
        double difference = Math.abs(values.getDouble(i) - golden.get("first").get(i).asDouble());
        assertThat(difference)
            .as(tensor.name() + " " + i)
            .isLessThan(ofValues * Math.max(typical, 0.1 * tolerance));
      }
    }
  }

  /** Whether a gradient is zero but for rounding, as that of a bias before batch norm. */
  private static boolean isNoise(JsonNode gradients, TorchTensor tensor) {
    double ofAll =
        Math.sqrt(
            gradients.findValues("l2").stream()
                .mapToDouble(n -> n.asDouble() * n.asDouble())
                .sum());
    JsonNode gradient = gradients.get(tensor.name());
    return gradient != null && gradient.get("l2").asDouble() < 1e-5 * ofAll;
  }

  private void assertClose(String what, INDArray actual, INDArray expected, double tolerance) {
    double largest = expected.amaxNumber().doubleValue();
    double difference = actual.sub(expected).amaxNumber().doubleValue();
    note(what, difference / largest);
    assertThat(difference).as(what).isLessThan(tolerance * largest);
  }

  private void note(String what, double difference) {
    differences.merge(what, difference, Math::max);
  }

  private static INDArray images(Batch records) {
    return Nd4j.createFromArray(records.pixels())
        .castTo(Nd4j.defaultFloatingPointType())
        .reshape('c', records.count(), 32, 32, 3);
  }

  private static INDArray[] labels(GoldenVectors golden) {
    Batch records = golden.records();
    return heads(golden).stream().map(head -> oneHot(records, head)).toArray(INDArray[]::new);
  }

  private static INDArray oneHot(Batch records, Head head) {
    int[] labels = head == Head.FINE ? records.fine() : records.coarse();
    INDArray rows = Nd4j.zeros(Nd4j.defaultFloatingPointType(), labels.length, CLASSES.get(head));
    for (int i = 0; i < labels.length; i++) {
      rows.putScalar(i, labels[i], 1);
    }
    return rows;
  }
}
