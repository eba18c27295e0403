package org.bilateralbrain.nn.layers;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.AbstractLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs a {@link KWinners}. Who wins is found in Java, wherever the values are; they pass by one
 * multiplication.
 */
final class KWinnersRuntime extends AbstractLayer<KWinners> {

  /** Of the batch that went forward last: 1 where a value passed, else 0. */
  private INDArray mask;

  KWinnersRuntime(NeuralNetConfiguration conf, DataType dataType) {
    super(conf, dataType);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    input = FloatStorage.contiguous(input);
    boolean overBatch = training || layerConf().getTesting() == KWinners.Testing.BATCH;
    Winners winners = Winners.ofMaps(input, layerConf().getK());
    if (overBatch) {
      winners.chooseOverBatch(layerConf().getOfBatch());
    }
    createMask();
    winners.writeTo(mask);
    return input.mul(
        mask, workspaces.createUninitialized(ArrayType.ACTIVATIONS, dataType, input.shape(), 'c'));
  }

  /** It outlives the forward pass, hence its workspaces. */
  private void createMask() {
    if (mask == null || !mask.equalShapes(input)) {
      try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
        mask = Nd4j.createUninitialized(dataType, input.shape(), 'c');
      }
    }
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
      INDArray outputGradient, LayerWorkspaceMgr workspaces) {
    INDArray inputGradient =
        workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, dataType, mask.shape(), 'c');
    return new Pair<>(new DefaultGradient(), outputGradient.mul(mask, inputGradient));
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
