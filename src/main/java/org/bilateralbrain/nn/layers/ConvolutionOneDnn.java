package org.bilateralbrain.nn.layers;

import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The form that calls oneDNN directly: images stay channels last throughout, only weights are brought into the layout
 * that oneDNN prefers.
 */
final class ConvolutionOneDnn implements ConvolutionForm {

  /** Training batches, the smaller last one of an epoch, and testing ones. */
  private static final int MOST_SHAPES_KEPT = 4;

  private final Map<OneDnnConvolution.Shape, OneDnnConvolution> byShape =
      new LinkedHashMap<>(MOST_SHAPES_KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<OneDnnConvolution.Shape, OneDnnConvolution> eldest) {
          return size() > MOST_SHAPES_KEPT;
        }
      };

  @Override
  public void forward(INDArray input, INDArray weights, INDArray output) {
    of(input, weights).forward(FloatStorage.contiguous(input), weights, output);
  }

  @Override
  public void backward(
      INDArray input,
      INDArray weights,
      INDArray outputGradient,
      INDArray inputGradient,
      INDArray weightGradient) {
    backwardToWeights(input, weights, outputGradient, weightGradient);
    of(input, weights).backwardToInput(FloatStorage.contiguous(outputGradient), weights, inputGradient);
  }

  @Override
  public void backwardToWeights(
      INDArray input, INDArray weights, INDArray outputGradient, INDArray weightGradient) {
    of(input, weights)
        .backwardToWeights(FloatStorage.contiguous(input), FloatStorage.contiguous(outputGradient), weightGradient);
  }

  private OneDnnConvolution of(INDArray input, INDArray weights) {
    return byShape.computeIfAbsent(
        new OneDnnConvolution.Shape(
            input.size(0), input.size(1), input.size(2), weights.size(0), weights.size(2), weights.size(3)),
        OneDnnConvolution::new);
  }
}
