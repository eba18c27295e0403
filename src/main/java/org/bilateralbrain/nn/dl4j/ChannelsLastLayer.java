package org.bilateralbrain.nn.dl4j;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Common base of the configurations of our layers on images of shape (batch, height, width,
 * channels).
 */
public abstract class ChannelsLastLayer extends FeedForwardLayer {

  /** Leaves unset what DL4J fills in from the network's settings. */
  protected ChannelsLastLayer() {
    super(new Unset());
  }

  /**
   * The superclass's constructor requires a builder; our layers are created by static factories
   * instead.
   */
  private static final class Unset extends FeedForwardLayer.Builder<Unset> {
    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // the signature is DL4J's
    public <E extends org.deeplearning4j.nn.conf.layers.Layer> E build() {
      throw new UnsupportedOperationException("Layers are created by their factories");
    }
  }

  /** Creates the layer that does the computation, without its parameters. */
  protected abstract Layer runtime(NeuralNetConfiguration conf, DataType dataType);

  @Override
  public final Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int layerIndex,
      INDArray parameters,
      boolean initializeParams,
      DataType dataType) {
    Layer layer = runtime(conf, dataType);
    layer.setListeners(listeners);
    layer.setIndex(layerIndex);
    if (initializer().numParams(this) > 0) {
      layer.setParamsViewArray(parameters);
    }
    layer.setParamTable(initializer().init(conf, parameters, initializeParams));
    layer.setConf(conf);
    return layer;
  }

  @Override
  public void setNIn(InputType inputType, boolean override) {
    long channels = images(inputType).getChannels();
    if (nIn > 0 && nIn != channels && !override) {
      throw new IllegalStateException(
          "Layer \"%s\" expects %s channels, got %s".formatted(layerName, nIn, channels));
    }
    nIn = channels;
  }

  @Override
  public @Nullable InputPreProcessor getPreProcessorForInputType(InputType inputType) {
    images(inputType);
    return null;
  }

  /** Counts parameters and activations; other working memory is a few vectors. */
  @Override
  public LayerMemoryReport getMemoryReport(InputType inputType) {
    long parameters = initializer().numParams(this);
    return new LayerMemoryReport.Builder(
            layerName, getClass(), inputType, getOutputType(-1, inputType))
        .standardMemory(parameters, getIUpdater() == null ? 0 : getIUpdater().stateSize(parameters))
        .workingMemory(0, 0, 0, inputType.arrayElementsPerExample())
        .cacheMemory(0, 0)
        .build();
  }

  /**
   * The input type as images.
   *
   * @throws IllegalStateException if it is anything else; names the layer and the type
   */
  protected final InputType.InputTypeConvolutional images(InputType inputType) {
    if (inputType instanceof InputType.InputTypeConvolutional images
        && images.getFormat() == CNN2DFormat.NHWC) {
      return images;
    }
    throw new IllegalStateException(
        "Layer \"%s\" (%s) expects images with channels last (NHWC), got %s"
            .formatted(layerName, getClass().getSimpleName(), inputType));
  }
}
