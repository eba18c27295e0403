package org.bilateralbrain.nn.layers;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.AbstractLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs a {@link GlobalAveragePool}. */
final class GlobalAveragePoolRuntime extends AbstractLayer<GlobalAveragePool> {

  GlobalAveragePoolRuntime(NeuralNetConfiguration conf, DataType dataType) {
    super(conf, dataType);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    INDArray means =
        workspaces.createUninitialized(ArrayType.ACTIVATIONS, dataType, input.size(0), input.size(3));
    return input.mean(means, 1, 2);
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray outputGradient, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    long pixels = input.size(1) * input.size(2);
    INDArray inputGradient =
        workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, dataType, input.shape(), 'c');
    INDArray share = outputGradient.div(pixels);
    inputGradient.assign(share.reshape('c', input.size(0), 1, 1, input.size(3)).broadcast(input.shape()));
    return new Pair<>(new DefaultGradient(), inputGradient);
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }

  @Override
  public void clearNoiseWeightParams() {
    // Has no weights.
  }
}
