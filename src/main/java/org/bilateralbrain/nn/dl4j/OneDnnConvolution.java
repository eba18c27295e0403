package org.bilateralbrain.nn.dl4j;

import org.bilateralbrain.nn.dl4j.ConvolutionForm.Kernel;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.data_type;
import org.bytedeco.dnnl.memory.format_tag;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * oneDNN's primitives of one convolution for one batch shape: forward, backward to the input,
 * backward to the weights. Not thread-safe; uses the creating task's number of OpenMP threads.
 *
 * @see <a href="https://oneapi-src.github.io/oneDNN/dev_guide_convolution.html">oneDNN:
 *     Convolution</a>
 */
final class OneDnnConvolution {

  /** What the primitives depend on. */
  record Shape(
      long batch,
      long height,
      long width,
      long kernel,
      int stride,
      long channelsIn,
      long channelsOut,
      boolean biased) {

    static Shape of(INDArray input, Kernel kernel) {
      return new Shape(
          input.size(0),
          input.size(1),
          input.size(2),
          kernel.size(),
          kernel.stride(),
          kernel.channelsIn(),
          kernel.channelsOut(),
          kernel.bias().isPresent());
    }

    private memory.desc in() {
      return images(channelsIn, height, width);
    }

    private memory.desc out() {
      return images(
          channelsOut, Kernel.extent(height, kernel, stride), Kernel.extent(width, kernel, stride));
    }

    private memory.desc images(long channels, long rows, long columns) {
      return new memory.desc(
          new long[] {batch, channels, rows, columns}, data_type.f32, format_tag.nhwc);
    }

    private memory.desc weights(format_tag format) {
      return new memory.desc(
          new long[] {channelsOut, channelsIn, kernel, kernel}, data_type.f32, format);
    }

    /** An empty description where there is no bias. */
    private memory.desc bias() {
      return biased
          ? new memory.desc(new long[] {channelsOut}, data_type.f32, format_tag.x)
          : new memory.desc();
    }
  }

  private static final int SOURCE = dnnl.DNNL_ARG_SRC;
  private static final int RESULT = dnnl.DNNL_ARG_DST;

  private final engine cpu = OneDnn.Cpu.ENGINE;
  private final stream work = new stream(cpu);

  private final memory input;
  private final memory output;
  private final memory inputGradient;
  private final memory outputGradient;
  private final memory weights;
  private final memory weightGradient;
  private final memory bias;
  private final memory biasGradient;

  private final Step weightsForForward;
  private final Step forward;
  private final Step weightsForBackward;
  private final Step backwardToInput;
  private final Step backwardToWeights;
  private final Step weightGradientFromBackward;

  OneDnnConvolution(Shape shape) {
    memory.desc in = shape.in();
    memory.desc out = shape.out();
    memory.desc hwio = shape.weights(format_tag.hwio);
    memory.desc any = shape.weights(format_tag.any);
    memory.desc biasDescription = shape.bias();
    long[] strides = {shape.stride(), shape.stride()};
    long[] padding = {shape.kernel() / 2, shape.kernel() / 2};
    convolution_forward.primitive_desc forwardDescription =
        new convolution_forward.primitive_desc(
            cpu,
            dnnl.prop_kind.forward_training,
            dnnl.algorithm.convolution_direct,
            in,
            any,
            biasDescription,
            out,
            strides,
            padding,
            padding);
    convolution_backward_data.primitive_desc toInputDescription =
        new convolution_backward_data.primitive_desc(
            cpu,
            dnnl.algorithm.convolution_direct,
            in,
            any,
            out,
            strides,
            padding,
            padding,
            forwardDescription);
    convolution_backward_weights.primitive_desc toWeightsDescription =
        new convolution_backward_weights.primitive_desc(
            cpu,
            dnnl.algorithm.convolution_direct,
            in,
            any,
            biasDescription,
            out,
            strides,
            padding,
            padding,
            forwardDescription);
    if (overrunsItsScratchMemory(toWeightsDescription, shape)
        && !toWeightsDescription.next_impl()) {
      throw new IllegalStateException("oneDNN has no other implementation for " + shape);
    }

    input = unbound(in);
    output = unbound(out);
    inputGradient = unbound(in);
    outputGradient = unbound(out);
    weights = unbound(hwio);
    weightGradient = unbound(hwio);
    bias = unbound(biasDescription);
    biasGradient = unbound(biasDescription);
    memory forwardWeights = new memory(forwardDescription.weights_desc(), cpu);
    memory backwardWeights = new memory(toInputDescription.weights_desc(), cpu);
    memory backwardWeightGradient = new memory(toWeightsDescription.diff_weights_desc(), cpu);

    weightsForForward = reordering(weights, forwardWeights);
    forward =
        new Step(
            new convolution_forward(forwardDescription),
            new IntMemoryMap()
                .put(SOURCE, input)
                .put(dnnl.DNNL_ARG_WEIGHTS, forwardWeights)
                .put(dnnl.DNNL_ARG_BIAS, bias)
                .put(RESULT, output));
    weightsForBackward = reordering(weights, backwardWeights);
    backwardToInput =
        new Step(
            new convolution_backward_data(toInputDescription),
            new IntMemoryMap()
                .put(dnnl.DNNL_ARG_DIFF_DST, outputGradient)
                .put(dnnl.DNNL_ARG_WEIGHTS, backwardWeights)
                .put(dnnl.DNNL_ARG_DIFF_SRC, inputGradient));
    backwardToWeights =
        new Step(
            new convolution_backward_weights(toWeightsDescription),
            new IntMemoryMap()
                .put(SOURCE, input)
                .put(dnnl.DNNL_ARG_DIFF_DST, outputGradient)
                .put(dnnl.DNNL_ARG_DIFF_WEIGHTS, backwardWeightGradient)
                .put(dnnl.DNNL_ARG_DIFF_BIAS, biasGradient));
    weightGradientFromBackward = reordering(backwardWeightGradient, weightGradient);
  }

  /**
   * On processors without AVX-512, oneDNN (3.11 and earlier) picks out the pixels that a strided
   * kernel of one pixel reads as if there were at least eight channels, a register full, and thus
   * writes beyond its memory. Its next best implementation doesn't.
   *
   * @see <a href="https://github.com/uxlfoundation/oneDNN/issues/6035">oneDNN's issue 6035</a>
   */
  private static boolean overrunsItsScratchMemory(
      convolution_backward_weights.primitive_desc description, Shape shape) {
    return shape.kernel() == 1
        && shape.stride() > 1
        && shape.channelsIn() < 8
        && description.impl_info_str().getString().equals("jit_1x1:avx2");
  }

  void forward(INDArray inputArray, Kernel kernel, INDArray outputArray) {
    bind(input, inputArray);
    bind(weights, kernel.weights());
    kernel.bias().ifPresent(values -> bind(bias, values));
    bind(output, outputArray);
    run(weightsForForward, forward);
  }

  void backwardToInput(INDArray outputGradientArray, Kernel kernel, INDArray inputGradientArray) {
    bind(outputGradient, outputGradientArray);
    bind(weights, kernel.weights());
    bind(inputGradient, inputGradientArray);
    run(weightsForBackward, backwardToInput);
  }

  void backwardToKernel(INDArray inputArray, INDArray outputGradientArray, Kernel kernelGradient) {
    bind(input, inputArray);
    bind(outputGradient, outputGradientArray);
    bind(weightGradient, kernelGradient.weights());
    kernelGradient.bias().ifPresent(values -> bind(biasGradient, values));
    run(backwardToWeights, weightGradientFromBackward);
  }

  private void run(Step first, Step second) {
    first.operation.execute(work, first.arguments);
    second.operation.execute(work, second.arguments);
    work._wait();
  }

  /** A primitive with its arguments. */
  private record Step(primitive operation, IntMemoryMap arguments) {}

  private static Step reordering(memory from, memory to) {
    return new Step(new reorder(from, to), new IntMemoryMap().put(SOURCE, from).put(RESULT, to));
  }

  /** A memory object without a buffer, to be bound to an array. */
  private memory unbound(memory.desc description) {
    return new memory(description, cpu, new FloatPointer());
  }

  /**
   * Parameters are views of the network's whole parameter vector, hence the address of the first
   * value rather than the buffer's.
   */
  private static void bind(memory unbound, INDArray array) {
    unbound.set_data_handle(FloatStorage.addressOf(array));
  }

  /**
   * The oneDNN library of JavaCPP's presets. ND4J also contains oneDNN, an older one, but converts
   * between memory layouts around every operation; it is the fallback where the presets can't be
   * loaded.
   */
  static final class OneDnn {

    private static final Logger LOG = LoggerFactory.getLogger(OneDnn.class);
    private static final boolean AVAILABLE = load();

    private OneDnn() {}

    static boolean isAvailable() {
      return AVAILABLE;
    }

    private static boolean load() {
      try {
        Loader.load(dnnl.class);
        return true;
      } catch (LinkageError e) {
        LOG.warn(
            "oneDNN can't be loaded ({}): convolutions fall back to ND4J's operations, which are slower",
            e.getMessage());
        return false;
      }
    }

    /** Created on first use. */
    static final class Cpu {
      static final engine ENGINE = new engine(engine.kind.cpu, 0);

      private Cpu() {}
    }
  }
}
