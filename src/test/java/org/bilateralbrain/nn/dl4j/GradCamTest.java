package org.bilateralbrain.nn.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Initialisation;
import org.bilateralbrain.nn.Layer.Plasticity;
import org.bilateralbrain.nn.Network.ClassMap;
import org.bilateralbrain.nn.Shape;
import org.bilateralbrain.nn.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

class GradCamTest {

  private static final Shape IMAGE = new Shape(32, 32, 3);
  private static final Map<Head, Integer> TEN = Map.of(Head.FINE, 10);
  private static final int ANSWER = 7;
  private static final String HEAD = "fine_head.1";

  /**
   * Compared with numerical derivatives with respect to pooled values, in double precision,
   * whatever lies between the last pooling and the head.
   */
  @ParameterizedTest
  @EnumSource(
      value = Backbone.class,
      names = {"RESNET152", "RESNET101"},
      mode = EnumSource.Mode.EXCLUDE)
  void mapWeightsAreTheLogitsGradientWithRespectToPooledValues(Backbone backbone) {
    Dl4jNetwork network = unilateral(new HemisphereShape(backbone, 2));
    float[] ofHead = row(network.weights().get(HEAD + ".weight"), ANSWER);

    GradCam.LastMaps last =
        network.gradCam(image()).lastMaps(network.architecture().tops().get(0), ofHead);

    double[] pooled = pooled(network);
    int copies = pooled.length / last.gradients().length;
    assertThat(last.gradients()).hasSize(network.architecture().output(last.layer()).channels());
    for (int channel = 0; channel < last.gradients().length; channel += 3) {
      double step = 1e-6;
      double up = logit(network, backbone, changed(pooled, copies, channel, step));
      double down = logit(network, backbone, changed(pooled, copies, channel, -step));
      assertThat((double) last.gradients()[channel])
          .isEqualTo((up - down) / (2 * step), within(1e-5));
    }
  }

  @Test
  void withMeanPoolingAndALinearHeadTheMapSumsToTheLogit() {
    Dl4jNetwork network = unilateral(new HemisphereShape(Backbone.RESNET9, 2));

    List<ClassMap> maps = network.gradCam(image(), Head.FINE, ANSWER);

    assertThat(maps).hasSize(1);
    assertThat(sum(maps)).isEqualTo(logitWithoutBias(network), within(1e-5));
  }

  @Test
  void mapsOfTwoFrozenHemispheresSumToTheLogit() {
    Architecture architecture =
        Architecture.bilateral(
            IMAGE,
            new HemisphereShape(Backbone.RESNET9, 2),
            Plasticity.FROZEN,
            new HemisphereShape(Backbone.RESNET18, 3),
            Plasticity.FROZEN,
            TEN);
    Dl4jNetwork network = new Dl4jNetwork(architecture, Hyperparameters.NONE);
    network.load(Initialisation.draw(architecture, 5));

    List<ClassMap> maps = network.gradCam(image(), Head.FINE, ANSWER);

    assertThat(maps).hasSize(2).allSatisfy(map -> assertThat(map.width()).isEqualTo(4));
    assertThat(sum(maps)).isEqualTo(logitWithoutBias(network), within(1e-4));
  }

  private static Dl4jNetwork unilateral(HemisphereShape shape) {
    Architecture architecture = Architecture.unilateral(IMAGE, shape, TEN);
    Dl4jNetwork network = new Dl4jNetwork(architecture, Hyperparameters.NONE);
    network.load(Initialisation.draw(architecture, 5));
    return network;
  }

  private static Examples image() {
    Random random = new Random(3);
    float[] pixels = new float[(int) IMAGE.values()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    return new Examples.OfValues(pixels, new int[1], new int[1]);
  }

  private static double sum(List<ClassMap> maps) {
    double sum = 0;
    for (ClassMap map : maps) {
      for (float value : map.values()) {
        sum += value;
      }
    }
    return sum;
  }

  private static double logitWithoutBias(Dl4jNetwork network) {
    float logit = network.predict(image()).logits().get(Head.FINE)[0][ANSWER];
    return logit - network.weights().get(HEAD + ".bias").values()[ANSWER];
  }

  private static float[] row(Weights.Tensor matrix, int row) {
    int width = matrix.shape().get(1);
    float[] values = new float[width];
    System.arraycopy(matrix.values(), row * width, values, 0, width);
    return values;
  }

  /** The output of the last pooling; in VGG-11 two more linear layers follow. */
  private static double[] pooled(Dl4jNetwork network) {
    String pooling =
        network.architecture().layers().stream()
            .map(layer -> layer.name())
            .filter(name -> name.endsWith("pool"))
            .findFirst()
            .orElseThrow();
    return network.gradCam(image()).activations().get(pooling).toDoubleVector();
  }

  private static double[] changed(double[] pooled, int copies, int channel, double change) {
    double[] values = pooled.clone();
    for (int copy = 0; copy < copies; copy++) {
      values[channel * copies + copy] += change;
    }
    return values;
  }

  /** From pooled values to the logit, layer by layer, in double precision. */
  private static double logit(Dl4jNetwork network, Backbone backbone, double[] pooled) {
    INDArray values = Nd4j.createFromArray(new double[][] {pooled});
    if (backbone == Backbone.VGG11) {
      values = Transforms.relu(linear(network, "hemisphere.vgg.classifier.0", values));
      values = Transforms.relu(linear(network, "hemisphere.vgg.classifier.3", values));
    }
    return linear(network, HEAD, values).getDouble(0, ANSWER);
  }

  private static INDArray linear(Dl4jNetwork network, String layer, INDArray input) {
    Weights.Tensor weights = network.weights().get(layer + ".weight");
    INDArray matrix =
        Nd4j.createFromArray(weights.values())
            .castTo(DataType.DOUBLE)
            .reshape('c', weights.shape().get(0), weights.shape().get(1));
    INDArray bias =
        Nd4j.createFromArray(network.weights().get(layer + ".bias").values())
            .castTo(DataType.DOUBLE);
    return input.mmul(matrix.transpose()).addiRowVector(bias);
  }
}
