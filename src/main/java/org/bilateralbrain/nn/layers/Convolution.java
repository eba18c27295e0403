package org.bilateralbrain.nn.layers;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A convolution without bias, stride 1, padded so that height and width stay the same. Weights have the shape
 * (kernel, kernel, channels in, channels out).
 */
public final class Convolution extends ChannelsLastLayer {

  public static final String WEIGHTS = "W";

  private static final ParameterLayout<Convolution> PARAMETERS =
      new ParameterLayout<>(Convolution.class)
          .weight(WEIGHTS, c -> new long[] {c.kernelSize, c.kernelSize, c.getNIn(), c.getNOut()});

  private int kernelSize;
  private boolean atNetworkInput;

  /** For deserialisation. */
  Convolution() {}

  private Convolution(Builder builder) {
    super(builder);
    kernelSize = builder.kernelSize;
    atNetworkInput = builder.atNetworkInput;
  }

  /** A convolution with square kernels of an odd size. */
  public static Convolution of(int kernelSize, int channelsOut) {
    if (kernelSize < 1 || kernelSize % 2 == 0) {
      throw new IllegalArgumentException("The kernel size must be odd, got " + kernelSize);
    }
    return new Builder(kernelSize, false).nOut(channelsOut).build();
  }

  /** The same convolution as a network's first layer: nobody uses the gradient at its input, so that it stays zero. */
  public Convolution atNetworkInput() {
    return new Builder(kernelSize, true).nOut(nOut).build();
  }

  public int getKernelSize() {
    return kernelSize;
  }

  boolean isAtNetworkInput() {
    return atNetworkInput;
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType inputType) {
    InputType.InputTypeConvolutional images = images(inputType);
    return InputType.convolutional(images.getHeight(), images.getWidth(), nOut, CNN2DFormat.NHWC);
  }

  @Override
  public ParamInitializer initializer() {
    return PARAMETERS;
  }

  @Override
  protected Layer runtime(NeuralNetConfiguration conf, DataType dataType) {
    return new ConvolutionRuntime(conf, dataType);
  }

  private static final class Builder extends FeedForwardLayer.Builder<Builder> {
    private final int kernelSize;
    private final boolean atNetworkInput;

    Builder(int kernelSize, boolean atNetworkInput) {
      this.kernelSize = kernelSize;
      this.atNetworkInput = atNetworkInput;
    }

    @Override
    @SuppressWarnings("unchecked")
    public Convolution build() {
      return new Convolution(this);
    }
  }
}
