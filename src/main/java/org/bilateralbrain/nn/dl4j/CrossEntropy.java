package org.bilateralbrain.nn.dl4j;

import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossUtil;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Softmax cross-entropy, computed in log space throughout. DL4J's own loss clips probabilities at
 * 1e-10 and so reports at most 23 per example; ND4J's {@code log_softmax} gives minus infinity
 * where a probability underflows. The gradients are the same. Also counts correct answers, because
 * the scores that it reads are gone after a step.
 */
public final class CrossEntropy extends LossMCXENT {

  private static final long serialVersionUID = 1L;

  /** Number of examples since the last {@link #startEpoch} that were classified correctly. */
  private transient long correct;

  void startEpoch() {
    correct = 0;
  }

  long correct() {
    return correct;
  }

  @Override
  protected INDArray scoreArray(
      INDArray labels, INDArray preOutput, IActivation softmax, INDArray mask) {
    correct +=
        preOutput.argMax(1).eq(labels.argMax(1)).castTo(DataType.INT64).sumNumber().longValue();
    INDArray shifted = preOutput.subColumnVector(preOutput.max(true, 1));
    INDArray logOfSum = Transforms.log(Transforms.exp(shifted, true).sum(true, 1), false);
    INDArray score = shifted.subiColumnVector(logOfSum).muli(labels.castTo(preOutput.dataType()));
    if (mask != null) {
      LossUtil.applyMask(score, mask);
    }
    return score;
  }
}
