package org.bilateralbrain.nn.dl4j;

import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossUtil;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Softmax and cross-entropy. DL4J's own reports at most 23 for an example, because it clips
 * probabilities at 1e-10; this one never leaves logarithms and reports what it is. (ND4J's {@code
 * log_softmax} does, and gives minus infinity where a probability is too small for a float.) The
 * gradients are the same.
 */
public final class CrossEntropy extends LossMCXENT {

  private static final long serialVersionUID = 1L;

  @Override
  protected INDArray scoreArray(
      INDArray labels, INDArray preOutput, IActivation softmax, INDArray mask) {
    INDArray shifted = preOutput.subColumnVector(preOutput.max(true, 1));
    INDArray logOfSum = Transforms.log(Transforms.exp(shifted, true).sum(true, 1), false);
    INDArray score = shifted.subiColumnVector(logOfSum).muli(labels.castTo(preOutput.dataType()));
    if (mask != null) {
      LossUtil.applyMask(score, mask);
    }
    return score;
  }
}
