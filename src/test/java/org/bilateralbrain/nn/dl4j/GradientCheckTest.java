package org.bilateralbrain.nn.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.bilateralbrain.nn.Operation;
import org.bilateralbrain.nn.Sparsity;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * DL4J's own gradient check (central differences in double precision) on a graph made of all our
 * layers.
 */
class GradientCheckTest {

  @BeforeEach
  void doublePrecision() {
    Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);
  }

  @AfterEach
  void singlePrecision() {
    Nd4j.setDefaultDataTypes(DataType.FLOAT, DataType.FLOAT);
  }

  @Test
  void gradientsOfEveryLayerEqualCentralDifferences() {
    ComputationGraph network =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .seed(3)
                .updater(new NoOp())
                .l2(0.01)
                .l2Bias(0.01)
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(6, 6, 2, CNN2DFormat.NHWC))
                .addLayer(
                    "conv1",
                    Convolution.of(new Operation.Convolution(3, 4, 1, false), false),
                    "image")
                .addLayer(
                    "norm1", NormReluPool.of(new Operation.NormReluPool(0.9, true, 2)), "conv1")
                .addLayer(
                    "conv2",
                    Convolution.of(new Operation.Convolution(3, 4, 1, true), false),
                    "norm1")
                .addLayer(
                    "norm2", NormReluPool.of(new Operation.NormReluPool(0.9, true, 1)), "conv2")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "norm1", "norm2")
                .addLayer(
                    "conv3",
                    Convolution.of(new Operation.Convolution(3, 3, 2, false), false),
                    "sum")
                .addLayer(
                    "norm3", NormReluPool.of(new Operation.NormReluPool(0.9, false, 1)), "conv3")
                .addLayer(
                    "winners",
                    KWinners.of(new Sparsity(0.7, 0.8, Sparsity.Testing.SAMPLE)),
                    "norm3")
                .addLayer("pool", new GlobalAveragePool(2), "winners")
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
    Nd4j.getRandom().setSeed(7);
    network
        .getLayer("conv1")
        .getParam("W")
        .assign(Nd4j.randn(DataType.DOUBLE, 3, 3, 2, 4).muli(0.5));
    network
        .getLayer("conv2")
        .getParam("W")
        .assign(Nd4j.randn(DataType.DOUBLE, 3, 3, 4, 4).muli(0.5));
    network
        .getLayer("conv3")
        .getParam("W")
        .assign(Nd4j.randn(DataType.DOUBLE, 3, 3, 4, 3).muli(0.5));
    INDArray images = Nd4j.randn(DataType.DOUBLE, 5, 6, 6, 2);
    INDArray labels = Nd4j.eye(3).getRows(0, 1, 2, 0, 1);

    boolean passed =
        GradientCheckUtil.checkGradients(
            new GradientCheckUtil.GraphConfig()
                .net(network)
                .inputs(new INDArray[] {images})
                .labels(new INDArray[] {labels})
                // not gradients, but updates of running statistics
                .excludeParams(
                    Set.of(
                        "norm1_mean",
                        "norm1_var",
                        "norm2_mean",
                        "norm2_var",
                        "norm3_mean",
                        "norm3_var"))
                .epsilon(1e-6)
                .maxRelError(1e-4)
                .minAbsoluteError(1e-8)
                .print(GradientCheckUtil.PrintMode.FAILURES_ONLY));

    assertThat(passed).isTrue();
  }
}
