package org.bilateralbrain.nn.dl4j;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bilateralbrain.nn.Operation;
import org.bilateralbrain.nn.dl4j.ConvolutionForm.Kernel;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A convolution with a square kernel of odd size and zero padding that preserves height and width
 * at stride 1. Weights have the shape (kernel, kernel, channels in, channels out).
 */
public final class Convolution extends ChannelsLastLayer {

  static final String WEIGHTS = ParameterTensors.LINEAR_WEIGHTS;
  static final String BIAS = ParameterTensors.LINEAR_BIAS;

  private static final ParameterLayout<Convolution> WITHOUT_BIAS = weights();
  private static final ParameterLayout<Convolution> WITH_BIAS = weights().perChannel(BIAS, 0);

  @JsonProperty private int kernelSize;
  @JsonProperty private int stride;
  @JsonProperty private boolean biased;
  @JsonProperty private boolean atNetworkInput;

  /** For deserialisation. */
  Convolution() {}

  private Convolution(Operation.Convolution convolution, boolean atNetworkInput) {
    this.kernelSize = convolution.kernel();
    this.nOut = convolution.channels();
    this.stride = convolution.stride();
    this.biased = convolution.biased();
    this.atNetworkInput = atNetworkInput;
  }

  private static ParameterLayout<Convolution> weights() {
    return new ParameterLayout<>(Convolution.class)
        .weight(WEIGHTS, c -> new long[] {c.kernelSize, c.kernelSize, c.getNIn(), c.getNOut()});
  }

  /**
   * @param atNetworkInput whether the layer reads the network's input, whose gradient nothing uses:
   *     it stays zero
   */
  static Convolution of(Operation.Convolution convolution, boolean atNetworkInput) {
    return new Convolution(convolution, atNetworkInput);
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

  /** Computes a {@link Convolution}. */
  private static final class ConvolutionRuntime extends BaseLayer<Convolution> {

    private final transient ConvolutionForm form;

    ConvolutionRuntime(NeuralNetConfiguration conf, DataType dataType) {
      super(conf, dataType);
      form = ConvolutionForm.bestFor(dataType);
    }

    @Override
    public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
      assertInputSet(false);
      input = input.castTo(dataType); // programs that load an exported network may pass doubles
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
          Objects.requireNonNull(arrays.get(Convolution.WEIGHTS)),
          Optional.ofNullable(arrays.get(Convolution.BIAS)),
          layerConf().getStride());
    }

    @Override
    public boolean isPretrainLayer() {
      return false;
    }
  }
}
