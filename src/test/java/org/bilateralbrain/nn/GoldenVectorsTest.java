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
 * Our networks against the reference's own modules: the same weights (given by a formula) and the same images must
 * give the same features, predictions, gradients, running statistics and losses. Prints the largest differences.
 */
@EnabledIfEnvironmentVariable(named = "BILATERAL_GOLDEN", matches = ".+", disabledReason = "no golden vectors given")
@EnabledIfEnvironmentVariable(named = "BILATERAL_CIFAR100", matches = ".+", disabledReason = "no archive of CIFAR-100 given")
class GoldenVectorsTest {

  private static final Networks.ImageShape IMAGES = new Networks.ImageShape(32, 32, 3);
  private static final Map<Head, Integer> CLASSES = new EnumMap<>(Map.of(Head.FINE, 100, Head.COARSE, 20));
  private static final int WIDTH = 64;

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
      unilateral(golden);
    } else {
      bilateral(golden);
    }
    System.out.printf("golden %-32s", name);
    differences.forEach((what, value) -> System.out.printf(Locale.ROOT, " %s %.1e", what, value));
    System.out.println();
  }

  private void unilateral(GoldenVectors golden) {
    Backbone backbone = Backbone.named(golden.json().get("arch").asText()).orElseThrow();
    List<Head> heads = heads(golden.json().get("heads").asText());
    Map<Head, Integer> classes = new EnumMap<>(Head.class);
    heads.forEach(head -> classes.put(head, CLASSES.get(head)));
    Optimisation optimisation =
        new Optimisation(
            golden.json().at("/adam/lr").asDouble(), golden.json().at("/adam/weight_decay").asDouble(), 0);
    ComputationGraph network =
        Networks.unilateral(
            IMAGES, new HemisphereShape(backbone, WIDTH, sparsity(golden.json())), classes, optimisation, 0);
    List<TorchTensor> tensors = TorchTensor.of(network, backbone, "hemisphere.");
    golden.fill(tensors, golden.salt());
    Batch records = golden.records();
    INDArray images = images(records);

    assertThat(Networks.parameters(network)).isEqualTo(golden.json().get("parameters").asLong());
    Map<String, INDArray> activations = network.feedForward(images, false);
    assertFeatures(activations.get(Networks.FEATURES), golden);
    for (int i = 0; i < heads.size(); i++) {
      INDArray logits = golden.array("/eval_logits/%d/values".formatted(i));
      assertProbabilities(activations.get(heads.get(i).label()), logits);
    }
    withoutDropout(network);
    INDArray[] labels = heads.stream().map(head -> oneHot(records, head)).toArray(INDArray[]::new);
    assertGradients(network, backbone, images, labels, golden.json().get("grads"));
    double[] losses = golden.doubles("losses");
    for (int step = 0; step < losses.length; step++) {
      assertLoss(network, new INDArray[] {images}, labels, losses[step]);
      if (step == 0) {
        assertTensors("running statistics", tensors, golden.json().get("running_after_1"), 1e-4);
      }
    }
    tensors.removeIf(tensor -> isNoise(golden.json().get("grads"), tensor)); // Adam makes steps of them all the same
    assertTensors("parameters", tensors, golden.json().get("params_after"), 1e-3);
  }

  /** In testing mode, the losses for each head. */
  private void bilateral(GoldenVectors golden) {
    double shift = golden.salt() + 0.5;
    HemisphereShape leftShape = shape(golden, "farch");
    HemisphereShape rightShape = shape(golden, "carch");
    Optimisation optimisation = new Optimisation(1e-4, 1e-5, 0);
    ComputationGraph left = hemisphere(golden, leftShape, "fine_hemi.", shift);
    ComputationGraph right = hemisphere(golden, rightShape, "coarse_hemi.", shift);
    ComputationGraph heads = Networks.heads(leftShape.features() + rightShape.features(), CLASSES, optimisation, 0);
    golden.fill(TorchTensor.of(heads, leftShape.backbone(), ""), shift);
    ComputationGraph network =
        Networks.bilateral(
            IMAGES, leftShape, Plasticity.FROZEN, rightShape, Plasticity.FROZEN, CLASSES, optimisation, 0);
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
        Networks.unilateral(IMAGES, shape, Map.of(Head.FINE, 100), new Optimisation(1e-4, 0, 0), 0);
    List<TorchTensor> ofHemisphere =
        TorchTensor.of(network, shape.backbone(), prefix).stream().filter(t -> t.name().startsWith(prefix)).toList();
    golden.fill(ofHemisphere, shift);
    return network;
  }

  private static HemisphereShape shape(GoldenVectors golden, String key) {
    return new HemisphereShape(Backbone.named(golden.json().get(key).asText()).orElseThrow(), WIDTH);
  }

  private static Sparsity sparsity(JsonNode golden) {
    return golden.get("k").isNull()
        ? Sparsity.NONE
        : new Sparsity(golden.get("k").asDouble(), golden.get("k_percent").asDouble(), KWinners.Testing.BATCH);
  }

  private static List<Head> heads(String heads) {
    return switch (heads) {
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
      assertClose("features", features.dup('c').reshape(features.length()), golden.array("/eval_features/values"), 1e-4);
    } else {
      assertClose("features", features.norm2(1), golden.array("/eval_features/rows_l2"), 1e-4);
    }
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

  private void assertLoss(ComputationGraph network, INDArray[] inputs, INDArray[] labels, double expected) {
    double l2 = network.calcRegularizationScore(true);
    network.fit(inputs, labels);
    double loss = network.score() - l2;
    note("losses", Math.abs(loss / expected - 1));
    assertThat(loss).isCloseTo(expected, Percentage.withPercentage(0.1));
  }

  /** DL4J sums gradients over the batch; its updater divides. They lie in memory as the parameters do. */
  private void assertGradients(
      ComputationGraph network, Backbone backbone, INDArray images, INDArray[] labels, JsonNode expected) {
    network.setInputs(images);
    network.setLabels(labels);
    network.computeGradientAndScore();
    ComputationGraph gradients = network.clone();
    gradients.setParams(network.getFlattenedGradients().div(images.size(0)));
    assertTensors("gradients", TorchTensor.of(gradients, backbone, "hemisphere."), expected, 1e-3);
  }

  /** The files hold each tensor's norm and its first values. */
  private void assertTensors(String what, List<TorchTensor> tensors, JsonNode expected, double tolerance) {
    double ofAll =
        Math.sqrt(expected.findValues("l2").stream().mapToDouble(n -> n.asDouble() * n.asDouble()).sum());
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
        assertThat(difference).as(tensor.name() + " " + i).isLessThan(5 * tolerance * Math.max(typical, 0.1 * tolerance));
      }
    }
  }

  /** Whether a gradient is zero but for rounding, as that of a bias before batch norm. */
  private static boolean isNoise(JsonNode gradients, TorchTensor tensor) {
    double ofAll =
        Math.sqrt(gradients.findValues("l2").stream().mapToDouble(n -> n.asDouble() * n.asDouble()).sum());
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
    return Nd4j.createFromArray(records.pixels()).reshape('c', records.count(), 32, 32, 3);
  }

  private static INDArray oneHot(Batch records, Head head) {
    int[] labels = head == Head.FINE ? records.fine() : records.coarse();
    INDArray rows = Nd4j.zeros(DataType.FLOAT, labels.length, CLASSES.get(head));
    for (int i = 0; i < labels.length; i++) {
      rows.putScalar(i, labels[i], 1);
    }
    return rows;
  }
}
