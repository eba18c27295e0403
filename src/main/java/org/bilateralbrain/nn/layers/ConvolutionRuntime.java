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
    long[] shape = {input.size(0), input.size(1), input.size(2), layerConf().getNOut()};
    INDArray output = workspaces.createUninitialized(ArrayType.ACTIVATIONS, dataType, shape, 'c');
    form.forward(input, getParam(Convolution.WEIGHTS), output);
    return output;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray outputGradient, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    INDArray weights = getParam(Convolution.WEIGHTS);
    INDArray weightGradient = gradientViews.get(Convolution.WEIGHTS);
    INDArray inputGradient;
    if (layerConf().isAtNetworkInput()) {
      inputGradient = workspaces.create(ArrayType.ACTIVATION_GRAD, dataType, input.shape(), 'c');
      form.backwardToWeights(input, weights, outputGradient, weightGradient);
    } else {
      inputGradient = workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, dataType, input.shape(), 'c');
      form.backward(input, weights, outputGradient, inputGradient, weightGradient);
    }
    Gradient gradient = new DefaultGradient();
    gradient.setGradientFor(Convolution.WEIGHTS, weightGradient);
    return new Pair<>(gradient, inputGradient);
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }
}
