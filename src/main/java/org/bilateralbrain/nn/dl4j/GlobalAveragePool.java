package org.bilateralbrain.nn.dl4j;

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
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The mean over height and width: images (batch, height, width, channels) become features (batch,
 * channels copies), each channel's mean repeated as adaptive pooling to a larger size repeats a
 * single pixel.
 */
public final class GlobalAveragePool extends ChannelsLastLayer {

  @JsonProperty private int copies;

  /** Also for deserialisation. */
  public GlobalAveragePool() {
    this(1);
  }

  /**
   * @param copies how often each channel's mean is repeated; its copies are adjacent
   */
  public GlobalAveragePool(int copies) {
    this.copies = copies;
  }

  int getCopies() {
    return copies;
  }

  @Override
  public void setNIn(InputType inputType, boolean override) {
    super.setNIn(inputType, override);
    nOut = nIn * copies;
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType inputType) {
    return InputType.feedForward(images(inputType).getChannels() * copies);
  }

  @Override
  public ParamInitializer initializer() {
    return EmptyParamInitializer.getInstance();
  }

  @Override
  protected Layer runtime(NeuralNetConfiguration conf, DataType dataType) {
    return new GlobalAveragePoolRuntime(conf, dataType);
  }

  /** Computes a {@link GlobalAveragePool}. */
  private static final class GlobalAveragePoolRuntime extends AbstractLayer<GlobalAveragePool> {

    GlobalAveragePoolRuntime(NeuralNetConfiguration conf, DataType dataType) {
      super(conf, dataType);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
      assertInputSet(false);
      long count = input.size(0);
      long channels = input.size(3);
      int copies = layerConf().getCopies();
      if (copies == 1) {
        return input.mean(
            workspaces.createUninitialized(ArrayType.ACTIVATIONS, dataType, count, channels), 1, 2);
      }
      INDArray repeated =
          workspaces.createUninitialized(ArrayType.ACTIVATIONS, dataType, count, channels * copies);
      repeated
          .reshape('c', count, channels, copies)
          .assign(
              input.mean(1, 2).reshape('c', count, channels, 1).broadcast(count, channels, copies));
      return repeated;
    }

    @Override
    public Pair<Gradient, INDArray> backpropGradient(
        INDArray outputGradients, LayerWorkspaceMgr workspaces) {
      assertInputSet(true);
      INDArray outputGradient = sumOverCopies(outputGradients);
      INDArray inputGradient =
          workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, dataType, input.shape(), 'c');
      if (FloatStorage.canHold(dataType)) {
        spreadByLoops(FloatStorage.contiguous(outputGradient), inputGradient);
      } else {
        INDArray share = outputGradient.div(input.size(1) * input.size(2));
        inputGradient.assign(
            share.reshape('c', input.size(0), 1, 1, input.size(3)).broadcast(input.shape()));
      }
      return new Pair<>(new DefaultGradient(), inputGradient);
    }

    private INDArray sumOverCopies(INDArray outputGradients) {
      int copies = layerConf().getCopies();
      return copies == 1
          ? outputGradients
          : outputGradients.dup('c').reshape('c', input.size(0), input.size(3), copies).sum(2);
    }

    /** Spreads each image's gradient evenly over its pixels. */
    private static void spreadByLoops(INDArray outputGradient, INDArray inputGradient) {
      ImageLayout layout = ImageLayout.of(inputGradient, 1);
      int channels = layout.channels();
      NativeThreads.forEach(
          layout.count(),
          () -> {
            FloatStorage source = new FloatStorage(outputGradient);
            FloatStorage target = new FloatStorage(inputGradient);
            float[] shares = new float[channels];
            float[] image = new float[layout.pixels() * channels];
            return i -> {
              source.read((long) i * channels, shares, channels);
              for (int c = 0; c < channels; c++) {
                shares[c] /= layout.pixels();
              }
              for (int pixel = 0; pixel < layout.pixels(); pixel++) {
                System.arraycopy(shares, 0, image, pixel * channels, channels);
              }
              target.write(layout.position(i, 0), image, image.length);
            };
          });
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
