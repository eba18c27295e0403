package org.bilateralbrain.nn.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.bilateralbrain.nn.Operation;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class NormReluPoolTest {

  private static final int BATCH = 3;
  private static final int SIZE = 4;
  private static final int CHANNELS = 2;

  @Test
  void runningStatisticsFollowTheBatchMeanAndTheUnbiasedVariance() {
    ComputationGraph network = network(2);
    INDArray images = images();

    network.fit(new INDArray[] {images}, new INDArray[] {Nd4j.eye(BATCH).castTo(DataType.FLOAT)});

    for (int channel = 0; channel < CHANNELS; channel++) {
      double[] values = channel(images, channel);
      double mean = java.util.Arrays.stream(values).average().orElseThrow();
      double squares = java.util.Arrays.stream(values).map(x -> (x - mean) * (x - mean)).sum();
      double unbiased = squares / (values.length - 1);
      assertThat(network.getLayer("norm").getParam(NormReluPool.RUNNING_MEAN).getDouble(channel))
          .isCloseTo(0.1 * 0 + 0.9 * mean, within(1e-5));
      assertThat(
              network.getLayer("norm").getParam(NormReluPool.RUNNING_VARIANCE).getDouble(channel))
          .isCloseTo(0.1 * 1 + 0.9 * unbiased, within(1e-4));
    }
  }

  @Test
  void testingUsesTheRunningStatisticsThenRectifiesThenPools() {
    ComputationGraph network = network(2);
    network
        .getLayer("norm")
        .getParam(NormReluPool.RUNNING_MEAN)
        .assign(Nd4j.createFromArray(0.3f, -0.2f));
    network
        .getLayer("norm")
        .getParam(NormReluPool.RUNNING_VARIANCE)
        .assign(Nd4j.createFromArray(2f, 0.5f));
    network.getLayer("norm").getParam(NormReluPool.GAMMA).assign(Nd4j.createFromArray(1.5f, -1f));
    network.getLayer("norm").getParam(NormReluPool.BETA).assign(Nd4j.createFromArray(0.1f, 0.2f));
    INDArray images = images();

    INDArray pooled = network.feedForward(images, false).get("norm");

    assertThat(pooled.shape()).containsExactly(BATCH, 2, 2, CHANNELS);
    double[] mean = {0.3, -0.2};
    double[] variance = {2, 0.5};
    double[] gamma = {1.5, -1};
    double[] beta = {0.1, 0.2};
    for (int c = 0; c < CHANNELS; c++) {
      double highest = 0;
      for (int y = 2; y < 4; y++) {
        for (int x = 0; x < 2; x++) {
          double normalised =
              (images.getDouble(1, y, x, c) - mean[c]) / Math.sqrt(variance[c] + 1e-5);
          highest = Math.max(highest, gamma[c] * normalised + beta[c]);
        }
      }
      assertThat(pooled.getDouble(1, 1, 0, c)).isCloseTo(highest, within(1e-5));
    }
  }

  @Test
  void imagesWithChannelsFirstAreRefused() {
    assertThatThrownBy(
            () ->
                NormReluPool.of(new Operation.NormReluPool(0.9, true, 2))
                    .getOutputType(0, InputType.convolutional(4, 4, 2, CNN2DFormat.NCHW)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("channels last");
  }

  private static ComputationGraph network(int poolSize) {
    ComputationGraph network =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .updater(new Sgd(0.1))
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(SIZE, SIZE, CHANNELS, CNN2DFormat.NHWC))
                .addLayer(
                    "norm",
                    NormReluPool.of(new Operation.NormReluPool(0.9, true, poolSize)),
                    "image")
                .addLayer("pool", new GlobalAveragePool(), "norm")
                .addLayer(
                    "fine",
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nOut(3)
                        .build(),
                    "pool")
                .setOutputs("fine")
                .build());
    network.init();
    return network;
  }

  private static INDArray images() {
    Nd4j.getRandom().setSeed(5);
    return Nd4j.randn(DataType.FLOAT, BATCH, SIZE, SIZE, CHANNELS).muli(2).addi(0.5);
  }

  private static double[] channel(INDArray images, int channel) {
    double[] values = new double[BATCH * SIZE * SIZE];
    for (int i = 0; i < values.length; i++) {
      values[i] = images.getDouble(i / 16, i % 16 / 4, i % 4, channel);
    }
    return values;
  }
}
