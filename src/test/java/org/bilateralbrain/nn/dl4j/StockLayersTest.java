package org.bilateralbrain.nn.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import org.bilateralbrain.nn.Operation;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Our layers against the stock DL4J layers that they replace, in float. */
class StockLayersTest {

  private static final int BATCH = 6;
  private static final int CHANNELS = 16;
  private static final long VALUES_PER_CHANNEL = BATCH * 8 * 8;

  private ComputationGraph ours;
  private ComputationGraph stock;
  private INDArray images;

  @BeforeEach
  void trainBothForOneStep() {
    ours = ours();
    stock = stock();
    Nd4j.getRandom().setSeed(4);
    INDArray weights = Nd4j.randn(DataType.FLOAT, 3, 3, 3, CHANNELS).muli(0.3);
    INDArray head = Nd4j.randn(DataType.FLOAT, CHANNELS, 5);
    ours.getLayer("conv").getParam("W").assign(weights);
    stock.getLayer("conv").getParam("W").assign(weights.permute(3, 2, 0, 1));
    for (ComputationGraph network : new ComputationGraph[] {ours, stock}) {
      network.getLayer("out").getParam("W").assign(head);
      network
          .getLayer("norm")
          .getParam("gamma")
          .assign(Nd4j.linspace(DataType.FLOAT, 0.5, 0.1, CHANNELS));
      network
          .getLayer("norm")
          .getParam("beta")
          .assign(Nd4j.linspace(DataType.FLOAT, -0.4, 0.05, CHANNELS));
    }
    images = Nd4j.randn(DataType.FLOAT, BATCH, 8, 8, 3);
    INDArray labels = Nd4j.eye(5).castTo(DataType.FLOAT).getRows(0, 1, 2, 3, 4, 0);
    ours.fit(new INDArray[] {images}, new INDArray[] {labels});
    stock.fit(new INDArray[] {images.permute(0, 3, 1, 2).dup('c')}, new INDArray[] {labels});
  }

  @Test
  void lossesAndGradientsAreEqual() {
    assertThat(ours.score())
        .isCloseTo(stock.score(), org.assertj.core.data.Percentage.withPercentage(0.01));
    assertClose(gradient(ours, "conv_W").permute(3, 2, 0, 1), gradient(stock, "conv_W"));
    assertClose(gradient(ours, "norm_gamma"), gradient(stock, "norm_gamma"));
    assertClose(gradient(ours, "norm_beta"), gradient(stock, "norm_beta"));
    assertClose(gradient(ours, "out_W"), gradient(stock, "out_W"));
  }

  @Test
  void runningStatisticsAreEqualExceptForTheUnbiasedVariance() {
    assertClose(ours.getLayer("norm").getParam("mean"), stock.getLayer("norm").getParam("mean"));
    // After one step from 1: stock has 0.1 + 0.9 v, we have 0.1 + 0.9 v n / (n - 1).
    double unbiased = VALUES_PER_CHANNEL / (VALUES_PER_CHANNEL - 1.0);
    INDArray expected = stock.getLayer("norm").getParam("var").sub(0.1).mul(unbiased).addi(0.1);
    assertClose(ours.getLayer("norm").getParam("var"), expected);
  }

  @Test
  void evaluationGivesTheSameOutputs() {
    INDArray runningVariance = ours.getLayer("norm").getParam("var");
    stock.getLayer("norm").getParam("var").assign(runningVariance);

    assertClose(ours.outputSingle(images), stock.outputSingle(images.permute(0, 3, 1, 2).dup('c')));
  }

  private static ComputationGraph ours() {
    return network(
        graph()
            .setInputTypes(InputType.convolutional(8, 8, 3, CNN2DFormat.NHWC))
            .addLayer(
                "conv",
                Convolution.of(new Operation.Convolution(3, CHANNELS, 1, false), false),
                "image")
            .addLayer("norm", NormReluPool.of(new Operation.NormReluPool(0.9, true, 2)), "conv")
            .addLayer("pool", new GlobalAveragePool(), "norm"));
  }

  private static ComputationGraph stock() {
    return network(
        graph()
            .setInputTypes(InputType.convolutional(8, 8, 3, CNN2DFormat.NCHW))
            .addLayer(
                "conv",
                new ConvolutionLayer.Builder(3, 3)
                    .convolutionMode(ConvolutionMode.Same)
                    .nOut(CHANNELS)
                    .hasBias(false)
                    .activation(Activation.IDENTITY)
                    .build(),
                "image")
            .addLayer(
                "norm",
                new BatchNormalization.Builder().decay(0.1).eps(1e-5).useLogStd(false).build(),
                "conv")
            .addLayer("relu", new ActivationLayer(Activation.RELU), "norm")
            .addLayer(
                "max",
                new SubsamplingLayer.Builder(
                        SubsamplingLayer.PoolingType.MAX, new int[] {2, 2}, new int[] {2, 2})
                    .build(),
                "relu")
            .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "max"));
  }

  private static GraphBuilder graph() {
    return new NeuralNetConfiguration.Builder()
        .updater(new NoOp())
        .graphBuilder()
        .addInputs("image");
  }

  private static ComputationGraph network(GraphBuilder graph) {
    ComputationGraph network =
        new ComputationGraph(
            graph
                .addLayer(
                    "out",
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nOut(5)
                        .build(),
                    "pool")
                .setOutputs("out")
                .build());
    network.init();
    return network;
  }

  private static INDArray gradient(ComputationGraph network, String parameter) {
    return network.gradient().getGradientFor(parameter);
  }

  private static void assertClose(INDArray actual, INDArray expected) {
    INDArray flatActual = actual.dup('c').reshape(actual.length());
    INDArray flatExpected = expected.dup('c').reshape(expected.length());
    double scale = flatExpected.amaxNumber().doubleValue();
    assertThat(scale).isPositive();
    assertThat(flatActual.sub(flatExpected).amaxNumber().doubleValue()).isLessThan(1e-4 * scale);
  }
}
