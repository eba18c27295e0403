package org.bilateralbrain.nn.layers;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A convolution with a square kernel of odd size, padded with zeros so that with stride 1 height
 * and width stay the same. Weights have the shape (kernel, kernel, channels in, channels out).
 */
public final class Convolution extends ChannelsLastLayer {

  public static final String WEIGHTS = "W";
  public static final String BIAS = "b";

  private static final ParameterLayout<Convolution> WITHOUT_BIAS = weights();
  private static final ParameterLayout<Convolution> WITH_BIAS = weights().perChannel(BIAS, 0);

  @JsonProperty private int kernelSize;
  @JsonProperty private int stride;
  @JsonProperty private boolean biased;
  @JsonProperty private boolean atNetworkInput;

  /** For deserialisation. */
  Convolution() {}

  private Convolution(
      int kernelSize, int channelsOut, int stride, boolean biased, boolean atNetworkInput) {
    if (kernelSize < 1 || kernelSize % 2 == 0) {
      throw new IllegalArgumentException("The kernel size must be odd, got " + kernelSize);
    }
    if (stride < 1) {
      throw new IllegalArgumentException("The stride must be at least 1, got " + stride);
    }
    this.kernelSize = kernelSize;
    this.nOut = channelsOut;
    this.stride = stride;
    this.biased = biased;
    this.atNetworkInput = atNetworkInput;
  }

  private static ParameterLayout<Convolution> weights() {
    return new ParameterLayout<>(Convolution.class)
        .weight(WEIGHTS, c -> new long[] {c.kernelSize, c.kernelSize, c.getNIn(), c.getNOut()});
  }

  /** A convolution with stride 1 and without bias. */
  public static Convolution of(int kernelSize, int channelsOut) {
    return new Convolution(kernelSize, channelsOut, 1, false, false);
  }

  public Convolution withStride(int pixels) {
    return new Convolution(kernelSize, (int) nOut, pixels, biased, atNetworkInput);
  }

  public Convolution withBias() {
    return new Convolution(kernelSize, (int) nOut, stride, true, atNetworkInput);
  }

  /**
   * The same convolution as a network's first layer: nobody uses the gradient at its input, so that
   * it stays zero.
   */
  public Convolution atNetworkInput() {
    return new Convolution(kernelSize, (int) nOut, stride, biased, true);
  }

  public int getKernelSize() {
    return kernelSize;
  }

  public int getStride() {
    return stride;
  }

  boolean isAtNetworkInput() {
    return atNetworkInput;
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType inputType) {
    InputType.InputTypeConvolutional images = images(inputType);
    return InputType.convolutional(
        Kernel.extent(images.getHeight(), kernelSize, stride),
        Kernel.extent(images.getWidth(), kernelSize, stride),
        nOut,
        CNN2DFormat.NHWC);
  }

  @Override
  public ParamInitializer initializer() {
    return biased ? WITH_BIAS : WITHOUT_BIAS;
  }

  @Override
  protected Layer runtime(NeuralNetConfiguration conf, DataType dataType) {
    return new ConvolutionRuntime(conf, dataType);
  }
}
