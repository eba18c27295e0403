package org.bilateralbrain.nn.layers;

import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs a {@link Convolution}. */
final class ConvolutionRuntime extends BaseLayer<Convolution> {

  private final transient ConvolutionForm form;

  ConvolutionRuntime(NeuralNetConfiguration conf, DataType dataType) {
    super(conf, dataType);
    form = ConvolutionForm.bestFor(dataType);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    input = input.castTo(dataType); // a program of somebody else's may give doubles
    Kernel kernel = kernel(params);
    long[] shape = {
      input.size(0),
      Kernel.extent(input.size(1), kernel.size(), kernel.stride()),
      Kernel.extent(input.size(2), kernel.size(), kernel.stride()),
      kernel.channelsOut()
    };
    INDArray output = workspaces.createUninitialized(ArrayType.ACTIVATIONS, dataType, shape, 'c');
    form.forward(input, kernel, output);
    return output;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
      INDArray outputGradient, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    INDArray inputGradient;
    if (layerConf().isAtNetworkInput()) {
      inputGradient = workspaces.create(ArrayType.ACTIVATION_GRAD, dataType, input.shape(), 'c');
      form.backwardToKernel(input, kernel(params), outputGradient, kernel(gradientViews));
    } else {
      inputGradient =
          workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, dataType, input.shape(), 'c');
      form.backward(input, kernel(params), outputGradient, inputGradient, kernel(gradientViews));
    }
    Gradient gradient = new DefaultGradient();
    gradientViews.forEach(gradient::setGradientFor);
    return new Pair<>(gradient, inputGradient);
  }

  private Kernel kernel(Map<String, INDArray> arrays) {
    return new Kernel(
        arrays.get(Convolution.WEIGHTS),
        Optional.ofNullable(arrays.get(Convolution.BIAS)),
        layerConf().getStride());
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }
}
