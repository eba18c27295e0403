package org.bilateralbrain.nn.layers;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs a {@link Convolution} through the native operations {@code conv2d} and {@code conv2d_bp}, which go through
 * oneDNN on a CPU and cuDNN on a GPU (DL4J's own convolution falls back to im2col and a matrix product on CPUs).
 */
final class ConvolutionRuntime extends BaseLayer<Convolution> {

  private static final int NHWC = 1;
  private static final int WEIGHTS_KH_KW_IN_OUT = 0;
  private static final int PADDING_AS_GIVEN = 0;

  ConvolutionRuntime(NeuralNetConfiguration conf, DataType dataType) {
    super(conf, dataType);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    INDArray output =
        workspaces.createUninitialized(
            ArrayType.ACTIVATIONS,
            dataType,
            new long[] {input.size(0), input.size(1), input.size(2), layerConf().getNOut()},
            'c');
    Nd4j.exec(
        DynamicCustomOp.builder("conv2d")
            .addInputs(input, getParam(Convolution.WEIGHTS))
            .addOutputs(output)
            .addIntegerArguments(convolutionArguments())
            .build());
    return output;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray outputGradient, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    INDArray inputGradient =
        workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, dataType, input.shape(), 'c');
    INDArray weightGradient = gradientViews.get(Convolution.WEIGHTS);
    Nd4j.exec(
        DynamicCustomOp.builder("conv2d_bp")
            .addInputs(input, getParam(Convolution.WEIGHTS), outputGradient)
            .addOutputs(inputGradient, weightGradient)
            .addIntegerArguments(convolutionArguments())
            .build());
    Gradient gradient = new DefaultGradient();
    gradient.setGradientFor(Convolution.WEIGHTS, weightGradient);
    return new Pair<>(gradient, inputGradient);
  }

  /** kernel h, w; stride h, w; padding h, w; dilation h, w; kind of padding; data format; weight format. */
  private int[] convolutionArguments() {
    int kernel = layerConf().getKernelSize();
    int padding = kernel / 2;
    return new int[] {
      kernel, kernel, 1, 1, padding, padding, 1, 1, PADDING_AS_GIVEN, NHWC, WEIGHTS_KH_KW_IN_OUT
    };
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }

  @Override
  public void clearNoiseWeightParams() {
    // These layers know no weight noise.
  }
}
