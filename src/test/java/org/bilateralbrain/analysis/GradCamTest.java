package org.bilateralbrain.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Networks;
import org.bilateralbrain.nn.Plasticity;
import org.bilateralbrain.nn.Sparsity;
import org.bilateralbrain.train.JobData;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

class GradCamTest {

  private static final int ANSWER = 3;

  /**
   * The map is the answer's gradient only if its weights are; those are compared with differences
   * of logits.
   */
  @ParameterizedTest
  @EnumSource(
      value = Backbone.class,
      names = {"RESNET152", "RESNET101"},
      mode = EnumSource.Mode.EXCLUDE)
  void theMapsWeightsAreTheAnswersGradientByThePooledValues(Backbone backbone) {
    ComputationGraph network = network(backbone);
    INDArray image = image();
    String top = network.getConfiguration().getVertexInputs().get(Networks.FEATURES).get(0);
    float[] ofHead = LinearHead.of(network, Head.FINE).weights().getColumn(ANSWER).toFloatVector();

    GradCam.LastMaps last = new GradCam(network, image).lastMaps(top, ofHead);

    INDArray maps = network.feedForward(image, false).get(last.vertex());
    assertThat(last.gradients()).hasSize((int) maps.size(3));
    for (int channel = 0; channel < last.gradients().length; channel += 3) {
      double step = 1e-6;
      double up = logit(network, backbone, pooled(network, image, last.vertex(), channel, step));
      double down = logit(network, backbone, pooled(network, image, last.vertex(), channel, -step));
      assertThat((double) last.gradients()[channel])
          .isEqualTo((up - down) / (2 * step), within(1e-5));
    }
  }

  @Test
  void underAMeanAndALinearHeadThePlacesAddUpToTheLogit() {
    ComputationGraph network = network(Backbone.RESNET9);
    INDArray image = image();
    LinearHead head = LinearHead.of(network, Head.FINE);
    GradCam gradCam = new GradCam(network, image);
    String top = network.getConfiguration().getVertexInputs().get(Networks.FEATURES).get(0);
    GradCam.LastMaps last = gradCam.lastMaps(top, head.weights().getColumn(ANSWER).toFloatVector());

    SaliencyMap map =
        SaliencyMap.weighted(
            network.feedForward(image, false).get(last.vertex()), last.gradients());

    double sum = 0;
    for (float value : map.values()) {
      sum += value;
    }
    double logit =
        head.logits(Networks.featuresOf(network, image)).getDouble(0, ANSWER)
            - head.bias().getDouble(ANSWER);
    assertThat(sum).isEqualTo(logit, within(1e-5));
  }

  @Test
  void ofTwoFrozenHemispheresBothAddUpToTheLogit() {
    HemisphereShape left = new HemisphereShape(Backbone.RESNET9, 2, Sparsity.NONE);
    HemisphereShape right = new HemisphereShape(Backbone.RESNET18, 3, Sparsity.NONE);
    Plasticity frozen = Plasticity.FROZEN;
    ComputationGraph network =
        Networks.bilateral(
            JobData.IMAGE_SHAPE,
            left,
            frozen,
            right,
            frozen,
            Map.of(Head.FINE, 10),
            new Hyperparameters(1e-3, 0, 0),
            5);
    Networks.transplant(network(Backbone.RESNET9), network, Networks.Place.LEFT);
    Networks.transplant(unilateral(right), network, Networks.Place.RIGHT);
    LinearHead head = LinearHead.of(network, Head.FINE);
    head.weights()
        .assign(
            Transforms.abs(
                head.weights())); // all features speak for it: nothing is cut off below zero
    INDArray image = image();

    SaliencyMap map;
    try (GradCam gradCam = new GradCam(network, image)) {
      map = gradCam.of(Head.FINE, ANSWER, 4);
    }

    double sum = 0;
    for (float value : map.values()) {
      sum += value;
    }
    double logit =
        head.logits(Networks.featuresOf(network, image)).getDouble(0, ANSWER)
            - head.bias().getDouble(ANSWER);
    assertThat(sum)
        .as("both end in maps of 4 x 4 that are not below zero")
        .isEqualTo(logit, within(1e-4));
  }

  @Test
  void aMapIsResizedBetweenTheMiddlesOfItsPlaces() {
    SaliencyMap map = new SaliencyMap(2, new float[] {0, 1, 0, 1});

    SaliencyMap resized = map.resized(4);

    assertThat(resized.values()).hasSize(16);
    assertThat(resized.at(0, 0)).isZero();
    assertThat(resized.at(0, 1)).isEqualTo(0.25f);
    assertThat(resized.at(3, 2)).isEqualTo(0.75f);
    assertThat(resized.at(3, 3)).isEqualTo(1f);
  }

  @Test
  void whatSpeaksAgainstAnAnswerIsNotShown() {
    assertThat(new SaliencyMap(2, new float[] {-1, 1, 0, -2}).rectified().values())
        .containsExactly(0, 1, 0, 0);
  }

  private static ComputationGraph network(Backbone backbone) {
    return unilateral(new HemisphereShape(backbone, 2, Sparsity.NONE));
  }

  private static ComputationGraph unilateral(HemisphereShape shape) {
    return Networks.unilateral(
        JobData.IMAGE_SHAPE, shape, Map.of(Head.FINE, 10), new Hyperparameters(1e-3, 0, 0), 5);
  }

  private static INDArray image() {
    Nd4j.getRandom().setSeed(3);
    return Nd4j.randn(DataType.FLOAT, 1, 32, 32, 3);
  }

  /** What pooling gives, one channel changed a little. */
  private static double[] pooled(
      ComputationGraph network, INDArray image, String vertex, int channel, double change) {
    INDArray maps = network.feedForward(image, false).get(vertex);
    INDArray pooled = network.feedForward(image, false).get("pool").dup();
    int copies = (int) (pooled.length() / maps.size(3));
    double[] values = pooled.toDoubleVector();
    for (int copy = 0; copy < copies; copy++) {
      values[channel * copies + copy] += change;
    }
    return values;
  }

  /** From pooled values to the logit, layer by layer, in double precision. */
  private static double logit(ComputationGraph network, Backbone backbone, double[] pooled) {
    INDArray values = Nd4j.createFromArray(new double[][] {pooled});
    if (backbone == Backbone.VGG11) {
      values = Transforms.relu(linear(network, "linear1", values));
      values = Transforms.relu(linear(network, "linear2", values));
    }
    return linear(network, "fine", values).getDouble(0, ANSWER);
  }

  private static INDArray linear(ComputationGraph network, String layer, INDArray input) {
    INDArray weights = network.getLayer(layer).getParam("W").castTo(DataType.DOUBLE);
    return input
        .mmul(weights)
        .addiRowVector(network.getLayer(layer).getParam("b").castTo(DataType.DOUBLE));
  }
}
