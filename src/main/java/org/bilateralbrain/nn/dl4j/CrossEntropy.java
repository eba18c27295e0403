package org.bilateralbrain.nn.dl4j;

import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossUtil;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Softmax cross-entropy, computed in log space throughout. DL4J's own loss clips probabilities at
 * 1e-10 and so reports at most 23 per example; ND4J's {@code log_softmax} gives minus infinity
 * where a probability underflows. The gradients are the same.
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
