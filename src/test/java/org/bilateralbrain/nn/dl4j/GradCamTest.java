package org.bilateralbrain.nn.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Architecture.Depth;
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
   * Compared with numerical derivatives in double precision, whatever lies between the last pooling
   * and the head.
   */
  @ParameterizedTest
  @EnumSource(
      value = Backbone.class,
      names = {"RESNET152", "RESNET101"},
      mode = EnumSource.Mode.EXCLUDE)
  void gradientsAreTheDerivativesOfTheLogitWithRespectToPooledValues(Backbone backbone) {
    Dl4jNetwork network = unilateral(new HemisphereShape(backbone, 2));
    String pooling = pooling(network);

    double[] gradient =
        network.gradCam(image()).gradients(List.of(pooling), Head.FINE, ANSWER).get(pooling);

    double[] pooled = pooled(network);
    assertThat(gradient).hasSameSizeAs(pooled);
    for (int k = 0; k < pooled.length; k += 3) {
      double step = 1e-6;
      double up = logit(network, backbone, changed(pooled, k, step));
      double down = logit(network, backbone, changed(pooled, k, -step));
      assertThat(gradient[k]).isEqualTo((up - down) / (2 * step), within(1e-5));
    }
  }

  @Test
  void aLayerThatIsNotThereIsRefusedByName() {
    Dl4jNetwork network = unilateral(new HemisphereShape(Backbone.RESNET9, 2));

    assertThatThrownBy(() -> network.gradCam(image(), List.of("res3"), Head.FINE, ANSWER))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("res3");
  }

  @Test
  void withMeanPoolingAndALinearHeadTheMapSumsToTheLogit() {
    Dl4jNetwork network = unilateral(new HemisphereShape(Backbone.RESNET9, 2));

    List<ClassMap> maps =
        network.gradCam(image(), network.architecture().maps(Depth.LAST), Head.FINE, ANSWER);

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

    List<ClassMap> maps =
        network.gradCam(image(), network.architecture().maps(Depth.LAST), Head.FINE, ANSWER);

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

  /** In VGG-11 two more linear layers follow. */
  private static String pooling(Dl4jNetwork network) {
    return network.architecture().layers().stream()
        .map(layer -> layer.name())
        .filter(name -> name.endsWith("pool"))
        .findFirst()
        .orElseThrow();
  }

  private static double[] pooled(Dl4jNetwork network) {
    return network.gradCam(image()).activations().get(pooling(network)).toDoubleVector();
  }

  private static double[] changed(double[] pooled, int k, double change) {
    double[] values = pooled.clone();
    values[k] += change;
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
