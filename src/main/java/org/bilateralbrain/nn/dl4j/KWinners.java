package org.bilateralbrain.nn.dl4j;

import java.util.Objects;
import org.bilateralbrain.nn.Sparsity;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.AbstractLayer;
import org.deeplearning4j.nn.params.EmptyParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Keeps the largest values and sets the rest to zero, as {@link Sparsity} describes. Gradients flow
 * through the kept values only.
 */
public final class KWinners extends ChannelsLastLayer {

  @JsonProperty private double k;
  @JsonProperty private double ofBatch;
  @JsonProperty private Sparsity.Testing testing;

  /** For deserialisation. */
  KWinners() {}

  private KWinners(double k, double ofBatch, Sparsity.Testing testing) {
    this.k = k;
    this.ofBatch = ofBatch;
    this.testing = testing;
  }

  static KWinners of(Sparsity sparsity) {
    return new KWinners(sparsity.k(), sparsity.ofBatch(), sparsity.testing());
  }

  double getK() {
    return k;
  }

  double getOfBatch() {
    return ofBatch;
  }

  Sparsity.Testing getTesting() {
    return testing;
  }

  @Override
  public void setNIn(InputType inputType, boolean override) {
    super.setNIn(inputType, override);
    nOut = nIn;
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType inputType) {
    return images(inputType);
  }

  @Override
  public ParamInitializer initializer() {
    return EmptyParamInitializer.getInstance();
  }

  @Override
  protected Layer runtime(NeuralNetConfiguration conf, DataType dataType) {
    return new KWinnersRuntime(conf, dataType);
  }

  /**
   * Computes a {@link KWinners}. The winners are found in Java on every device; a multiplication by
   * the mask then keeps them.
   */
  private static final class KWinnersRuntime extends AbstractLayer<KWinners> {

    /** Of the last forward pass: 1 where a value was kept, else 0. Null before the first. */
    private @Nullable INDArray mask;

    KWinnersRuntime(NeuralNetConfiguration conf, DataType dataType) {
      super(conf, dataType);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
      assertInputSet(false);
      input = FloatStorage.contiguous(input);
      boolean overBatch = training || layerConf().getTesting() == Sparsity.Testing.BATCH;
      Winners winners = Winners.ofMaps(input, layerConf().getK());
      if (overBatch) {
        winners.chooseOverBatch(layerConf().getOfBatch());
      }
      INDArray kept = mask();
      winners.writeTo(kept);
      return input.mul(
          kept,
          workspaces.createUninitialized(ArrayType.ACTIVATIONS, dataType, input.shape(), 'c'));
    }

    /** Allocated outside workspaces, because it outlives the forward pass. */
    @SuppressWarnings("try") // the resource is only a scope
    private INDArray mask() {
      if (mask == null || !mask.equalShapes(input)) {
        try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
          mask = Nd4j.createUninitialized(dataType, input.shape(), 'c');
        }
      }
      return mask;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(
        INDArray outputGradient, LayerWorkspaceMgr workspaces) {
      INDArray kept = Objects.requireNonNull(mask);
      INDArray inputGradient =
          workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, dataType, kept.shape(), 'c');
      return new Pair<>(new DefaultGradient(), outputGradient.mul(kept, inputGradient));
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
}
