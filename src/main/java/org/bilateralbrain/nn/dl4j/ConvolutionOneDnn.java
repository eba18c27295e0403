package org.bilateralbrain.nn.dl4j;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bilateralbrain.nn.dl4j.ConvolutionForm.Kernel;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The implementation by direct calls of oneDNN: images stay channels last throughout; only weights
 * are reordered into the layout that oneDNN prefers.
 */
final class ConvolutionOneDnn implements ConvolutionForm {

  /** For training batches, an epoch's smaller last batch, and test batches. */
  private static final int MAX_SHAPES_KEPT = 4;

  private final Map<OneDnnConvolution.Shape, OneDnnConvolution> byShape =
      new LinkedHashMap<>(MAX_SHAPES_KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(
            Map.Entry<OneDnnConvolution.Shape, OneDnnConvolution> eldest) {
          return size() > MAX_SHAPES_KEPT;
        }
      };

  @Override
  public void forward(INDArray input, Kernel kernel, INDArray output) {
    of(input, kernel).forward(FloatStorage.contiguous(input), kernel, output);
  }

  @Override
  public void backward(
      INDArray input,
      Kernel kernel,
      INDArray outputGradient,
      INDArray inputGradient,
      Kernel kernelGradient) {
    backwardToKernel(input, kernel, outputGradient, kernelGradient);
    backwardToInput(input, kernel, outputGradient, inputGradient);
  }

  @Override
  public void backwardToInput(
      INDArray input, Kernel kernel, INDArray outputGradient, INDArray inputGradient) {
    of(input, kernel)
        .backwardToInput(FloatStorage.contiguous(outputGradient), kernel, inputGradient);
  }

  @Override
  public void backwardToKernel(
      INDArray input, Kernel kernel, INDArray outputGradient, Kernel kernelGradient) {
    of(input, kernel)
        .backwardToKernel(
            FloatStorage.contiguous(input),
            FloatStorage.contiguous(outputGradient),
            kernelGradient);
  }

  private OneDnnConvolution of(INDArray input, Kernel kernel) {
    return byShape.computeIfAbsent(
        OneDnnConvolution.Shape.of(input, kernel), OneDnnConvolution::new);
  }
}
