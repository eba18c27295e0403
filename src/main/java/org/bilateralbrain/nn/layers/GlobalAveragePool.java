package org.bilateralbrain.nn.layers;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.params.EmptyParamInitializer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The mean over height and width: images (batch, height, width, channels) become features (batch,
 * channels), each repeated, if so wanted, as adaptive pooling to a larger size repeats it.
 */
public final class GlobalAveragePool extends ChannelsLastLayer {

  @JsonProperty private int copies;

  /** Also for deserialisation. */
  public GlobalAveragePool() {
    this(1);
  }

  /**
   * @param copies how often each channel's mean stands in the output, one copy after another
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
}
