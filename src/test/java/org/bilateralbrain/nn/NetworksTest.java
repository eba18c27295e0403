package org.bilateralbrain.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import org.bilateralbrain.nn.Networks.ImageShape;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class NetworksTest {

  private static final ImageShape IMAGES = new ImageShape(32, 32, 3);
  private static final Hyperparameters OPTIMISATION = new Hyperparameters(1e-3, 1e-3, 0.6);
  private static final Map<Head, Integer> BOTH = Map.of(Head.FINE, 100, Head.COARSE, 20);

  @Test
  void resnet9WithAFineHeadHasThePapersNumberOfParameters() {
    ComputationGraph network = hemisphere(64, Head.FINE, 0);

    assertThat(Networks.parameters(network)).isEqualTo(6_619_300);
  }

  @Test
  void headsOnTwoResnet9HaveThePapersNumberOfParameters() {
    ComputationGraph heads = Networks.heads(1024, BOTH, OPTIMISATION, 0);

    assertThat(Networks.parameters(heads)).isEqualTo(123_000);
    assertThat(heads.getConfiguration().getNetworkOutputs()).containsExactly("fine", "coarse");
  }

  @Test
  void startingWeightsAreUniformWithinOneOverTheRootOfFanIn() {
    ComputationGraph network = hemisphere(8, Head.FINE, 0);
    INDArray convolution = network.getLayer("conv2").getParam("W");
    INDArray bias = network.getLayer("fine").getParam("b");

    double bound = 1 / Math.sqrt(3 * 3 * 8);
    assertThat(convolution.amaxNumber().doubleValue()).isBetween(0.98 * bound, bound);
    assertThat(convolution.stdNumber().doubleValue())
        .isCloseTo(bound / Math.sqrt(3), within(0.03 * bound));
    assertThat(bias.amaxNumber().doubleValue()).isBetween(0.9 / 8, 1 / 8.0);
  }

  @Test
  void startingWeightsFollowFromTheSeedAlone() {
    Nd4j.getRandom().setSeed(1);
    INDArray first = hemisphere(4, Head.FINE, 5).params().dup();
    Nd4j.getRandom().setSeed(2);

    assertThat(hemisphere(4, Head.FINE, 5).params()).isEqualTo(first);
    assertThat(hemisphere(4, Head.FINE, 6).params()).isNotEqualTo(first);
  }

  @Test
  void aSavedNetworkIsTheSameBitForBit() throws IOException {
    ComputationGraph network = hemisphere(4, Head.COARSE, 1);
    step(network, images(6), labels(6, 20));

    ComputationGraph read = saveAndLoad(network);

    assertThat(read.params()).isEqualTo(network.params());
    assertThat(read.outputSingle(images(3))).isEqualTo(network.outputSingle(images(3)));
    assertThat(read.getConfiguration()).isEqualTo(network.getConfiguration());
  }

  @Test
  void aSavedNetworkTrainsOnAsIfItHadNotBeenSaved() throws IOException {
    ComputationGraph network = hemisphere(4, Head.COARSE, 1);
    step(network, images(6), labels(6, 20));
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ModelSerializer.writeModel(network, file, true);
    ComputationGraph read =
        ModelSerializer.restoreComputationGraph(new ByteArrayInputStream(file.toByteArray()), true);

    Nd4j.getRandom().setSeed(3);
    step(network, images(6), labels(6, 20));
    Nd4j.getRandom().setSeed(3);
    step(read, images(6), labels(6, 20));

    assertThat(read.params()).isEqualTo(network.params());
  }

  @Test
  void aBilateralNetworkIsItsHemispheresFeaturesUnderItsHeads() throws IOException {
    HemisphereShape leftShape = new HemisphereShape(Backbone.RESNET9, 4);
    HemisphereShape rightShape = new HemisphereShape(Backbone.RESNET9, 6);
    ComputationGraph left = hemisphere(4, Head.FINE, 1);
    ComputationGraph right = hemisphere(6, Head.COARSE, 2);
    step(left, images(6), labels(6, 100));
    step(right, images(6), labels(6, 20));
    ComputationGraph heads = Networks.heads(80, BOTH, OPTIMISATION, 3);
    INDArray features =
        Nd4j.hstack(
            Networks.features(IMAGES, leftShape, left).outputSingle(images(5)),
            Networks.features(IMAGES, rightShape, right).outputSingle(images(5)));

    ComputationGraph bilateral = saveAndLoad(bilateral(leftShape, left, rightShape, right, heads));

    INDArray[] expected = heads.output(features);
    INDArray[] actual = bilateral.output(images(5));
    assertThat(actual[0].equalsWithEps(expected[0], 1e-6)).isTrue();
    assertThat(actual[1].equalsWithEps(expected[1], 1e-6)).isTrue();
    assertThat(bilateral.getLayer("left-conv1")).isInstanceOf(FrozenLayer.class);
  }

  private static ComputationGraph bilateral(
      HemisphereShape leftShape,
      ComputationGraph left,
      HemisphereShape rightShape,
      ComputationGraph right,
      ComputationGraph heads) {
    ComputationGraph bilateral =
        Networks.bilateral(
            IMAGES,
            leftShape,
            Plasticity.FROZEN,
            rightShape,
            Plasticity.FROZEN,
            BOTH,
            OPTIMISATION,
            0);
    Networks.transplant(left, bilateral, Networks.Place.LEFT);
    Networks.transplant(right, bilateral, Networks.Place.RIGHT);
    Networks.transplant(heads, bilateral, Networks.Place.HEADS);
    return bilateral;
  }

  @Test
  void frozenHemispheresDoNotChangeWhenABilateralNetworkIsTrained() {
    HemisphereShape shape = new HemisphereShape(Backbone.RESNET9, 4);
    ComputationGraph left = hemisphere(4, Head.FINE, 1);
    ComputationGraph right = hemisphere(4, Head.COARSE, 2);
    ComputationGraph bilateral =
        bilateral(shape, left, shape, right, Networks.heads(64, BOTH, OPTIMISATION, 3));
    INDArray headBefore = bilateral.getLayer("fine").params().dup();

    bilateral.fit(new INDArray[] {images(6)}, new INDArray[] {labels(6, 100), labels(6, 20)});

    assertThat(bilateral.getLayer("left-res2-b-norm").params())
        .isEqualTo(left.getLayer("res2-b-norm").params());
    assertThat(bilateral.getLayer("right-conv1").params())
        .isEqualTo(right.getLayer("conv1").params());
    assertThat(bilateral.getLayer("fine").params()).isNotEqualTo(headBefore);
  }

  private static ComputationGraph hemisphere(int width, Head head, long seed) {
    return Networks.unilateral(
        IMAGES,
        new HemisphereShape(Backbone.RESNET9, width),
        Map.of(head, BOTH.get(head)),
        OPTIMISATION,
        seed);
  }

  private static void step(ComputationGraph network, INDArray images, INDArray labels) {
    network.fit(new INDArray[] {images}, new INDArray[] {labels});
  }

  private static INDArray images(int count) {
    Nd4j.getRandom().setSeed(11);
    return Nd4j.randn(DataType.FLOAT, count, 32, 32, 3);
  }

  private static INDArray labels(int count, int classes) {
    INDArray labels = Nd4j.zeros(DataType.FLOAT, count, classes);
    for (int i = 0; i < count; i++) {
      labels.putScalar(i, i % classes, 1);
    }
    return labels;
  }

  private static ComputationGraph saveAndLoad(ComputationGraph network) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ModelSerializer.writeModel(network, file, false);
    return ModelSerializer.restoreComputationGraph(
        new ByteArrayInputStream(file.toByteArray()), false);
  }
}
