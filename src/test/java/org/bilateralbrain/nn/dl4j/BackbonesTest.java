package org.bilateralbrain.nn.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.data.Batch;
import org.bilateralbrain.data.Batches;
import org.bilateralbrain.data.ChannelStatistics;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.data.Images;
import org.bilateralbrain.data.Normalisation;
import org.bilateralbrain.data.Subset;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.Colours;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Initialisation;
import org.bilateralbrain.nn.Layer.Plasticity;
import org.bilateralbrain.nn.Rates;
import org.bilateralbrain.nn.Shape;
import org.bilateralbrain.nn.Sparsity;
import org.bilateralbrain.nn.TestNetworks;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

class BackbonesTest {

  private static final Shape IMAGE = new Shape(32, 32, 3);
  private static final Rates RATES = TestNetworks.rates(2e-3);
  private static final Hyperparameters PLAIN = Hyperparameters.adam(0, 0);
  private static final int TENSORS_CHECKED = 25;

  private static final int MAX_STEPS = 60;

  static List<Backbone> everyKindOfBlock() {
    return TestNetworks.everyKindOfBlock();
  }

  @AfterEach
  void singlePrecision() {
    Nd4j.setDefaultDataTypes(DataType.FLOAT, DataType.FLOAT);
  }

  /**
   * Directional derivatives must equal the gradient's component along the direction. Each direction
   * is random within one tensor; the tensors are spread from the first to the last.
   */
  @ParameterizedTest
  @MethodSource("everyKindOfBlock")
  void gradientsEqualDifferencesInDoublePrecision(Backbone backbone) {
    checkGradients(new HemisphereShape(backbone, 2));
  }

  @Test
  void gradientsOfASparseHemisphereFlowThroughWinnersOnly() {
    checkGradients(
        new HemisphereShape(
            Backbone.SPARSE_RESNET9, 2, new Sparsity(0.4, 0.6, Sparsity.Testing.SAMPLE)));
  }

  private static void checkGradients(HemisphereShape shape) {
    Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);
    Nd4j.getRandom().setSeed(5);
    ComputationGraph network = network(shape, 5, 1).graph();
    MultiDataSet batch =
        new MultiDataSet(
            Nd4j.randn(DataType.DOUBLE, 4, 32, 32, 3), Nd4j.eye(5).getRows(0, 1, 2, 3));
    network.setInputs(batch.getFeatures());
    network.setLabels(batch.getLabels());
    network.computeGradientAndScore();
    INDArray gradient = network.getFlattenedGradients().div(4).reshape(network.numParams()).dup();
    for (INDArray direction : directions(network)) {
      double actual = gradient.mul(direction).sumNumber().doubleValue();
      // Deep networks have many kinks: if one lies within a step, a smaller step or a one-sided
      // difference avoids it.
      assertThat(DoubleStream.of(1e-7, 1e-8, 1e-9, 1e-10))
          .anyMatch(
              step ->
                  derivatives(network, batch, direction, step)
                      .anyMatch(d -> Math.abs(d - actual) < 1e-4 + 1e-3 * Math.abs(actual)));
    }
  }

  /** The central difference, then the one-sided ones. */
  private static DoubleStream derivatives(
      ComputationGraph network, MultiDataSet batch, INDArray direction, double step) {
    INDArray parameters = network.params().dup();
    double here = network.score(batch, true);
    network.setParams(parameters.add(direction.mul(step).reshape(parameters.shape())));
    double above = network.score(batch, true);
    network.setParams(parameters.sub(direction.mul(step).reshape(parameters.shape())));
    double below = network.score(batch, true);
    network.setParams(parameters);
    return DoubleStream.of(
        (above - below) / (2 * step), (above - here) / step, (here - below) / step);
  }

  /** Written through a copy's layers, because the flat parameter vector has its own order. */
  private static List<INDArray> directions(ComputationGraph network) {
    ComputationGraph copy = network.clone();
    copy.params().assign(0);
    List<INDArray> tensors = new ArrayList<>();
    for (Layer layer : copy.getLayers()) {
      layer
          .paramTable()
          .forEach(
              (name, tensor) -> {
                if (!NormReluPool.isRunningStatistic(name)) {
                  tensors.add(tensor);
                }
              });
    }
    List<INDArray> directions = new ArrayList<>();
    for (int i = 0; i < TENSORS_CHECKED; i++) {
      INDArray tensor = tensors.get(i * (tensors.size() - 1) / (TENSORS_CHECKED - 1));
      tensor.assign(Nd4j.randn(DataType.DOUBLE, tensor.shape()));
      directions.add(copy.params().dup().reshape(network.numParams()));
      copy.params().assign(0);
    }
    return directions;
  }

  @ParameterizedTest
  @MethodSource("everyKindOfBlock")
  void itLearnsColoursAndPredictsTheSameAfterReloading(Backbone backbone) {
    Examples images = Colours.examples();
    Dl4jNetwork network = network(new HemisphereShape(backbone, 4), Colours.CLASSES, 1);
    int steps = 0;
    do {
      network.startEpoch(0);
      network.step(images, RATES);
      steps++;
    } while (network.meanLoss() > Colours.LEARNED && steps < MAX_STEPS);

    assertThat(network.meanLoss()).as("loss after %s steps", steps).isLessThan(Colours.LEARNED);
    Dl4jNetwork loaded = new Dl4jNetwork(network.architecture(), Hyperparameters.NONE);
    loaded.load(network.weights());
    assertThat(loaded.graph().params()).isEqualTo(network.graph().params());
    assertThat(loaded.predict(images).logits().get(Head.FINE))
        .isDeepEqualTo(network.predict(images).logits().get(Head.FINE));
  }

  @ParameterizedTest
  @EnumSource(names = {"RESNET9", "SPARSE_RESNET9", "VGG11", "VGG11_FEATURES"})
  @EnabledIfEnvironmentVariable(
      named = "BILATERAL_CIFAR100",
      matches = ".+",
      disabledReason = "no archive of CIFAR-100 given")
  void itLearnsPhotographs(Backbone backbone) {
    String archive = new File(System.getenv("BILATERAL_CIFAR100")).toURI().toString();
    Images images =
        DataSource.Cache.load(new DataSource.Location(archive), new Configuration()).train();
    Batch batch =
        new Batches(Subset.all(images), new Normalisation(ChannelStatistics.of(images)), 50)
            .plain()
            .iterator()
            .next();
    Examples examples = new Examples.OfValues(batch.pixels(), batch.coarse(), batch.coarse());
    Dl4jNetwork network = network(new HemisphereShape(backbone, 4), 20, 1);
    network.startEpoch(0);
    network.step(examples, RATES);
    double first = network.meanLoss();
    for (int step = 0; step < MAX_STEPS; step++) {
      network.startEpoch(0);
      network.step(examples, RATES);
    }

    assertThat(network.meanLoss()).isLessThan(0.7 * first);
  }

  @ParameterizedTest
  @EnumSource(Backbone.class)
  void frozenInABilateralNetworkItKeepsItsWeightsAndFeatures(Backbone backbone) {
    HemisphereShape shape = new HemisphereShape(backbone, 2);
    HemisphereShape other = new HemisphereShape(Backbone.RESNET9, 1);
    Dl4jNetwork alone = network(shape, 5, 1);
    Architecture architecture =
        Architecture.bilateral(
            IMAGE, shape, Plasticity.FROZEN, other, Plasticity.TRAINED, Map.of(Head.FINE, 5));
    Dl4jNetwork bilateral = new Dl4jNetwork(architecture, PLAIN);
    bilateral.load(
        Initialisation.draw(architecture, 2)
            .with(alone.weights().withPrefixReplaced(Architecture.HEMISPHERE, "left.")));
    Nd4j.getRandom().setSeed(7);
    float[] pixels = Nd4j.rand(DataType.FLOAT, 3, 32, 32, 3).data().asFloat();
    Examples images = new Examples.OfValues(pixels, new int[] {0, 1, 2}, new int[3]);
    bilateral.step(images, RATES);

    float[][] features = bilateral.predict(images).features();
    float[][] expected = alone.predict(images).features();
    for (int i = 0; i < features.length; i++) {
      assertThat(Arrays.copyOf(features[i], shape.features())).isEqualTo(expected[i]);
    }
    assertThat(bilateral.weights().withPrefixReplaced("left.", "").digest())
        .isEqualTo(alone.weights().withPrefixReplaced(Architecture.HEMISPHERE, "").digest());
    assertThat(bilateral.weights().withPrefixReplaced("fine_head", "").digest())
        .isNotEqualTo(
            Initialisation.draw(architecture, 2).withPrefixReplaced("fine_head", "").digest());
  }

  private static Dl4jNetwork network(HemisphereShape shape, int classes, long seed) {
    Architecture architecture = Architecture.unilateral(IMAGE, shape, Map.of(Head.FINE, classes));
    Dl4jNetwork network = new Dl4jNetwork(architecture, PLAIN);
    network.load(Initialisation.draw(architecture, seed));
    for (Layer layer : network.graph().getLayers()) {
      layer.conf().getLayer().setIDropout(null);
    }
    return network;
  }
}
