package org.bilateralbrain.nn.layers;

import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/**
 * Softmax and cross-entropy. DL4J's own reports at most 23 for an example, because it clips probabilities at 1e-10; this
 * one takes the logarithm before the exponential and reports what it is. The gradients are the same.
 */
public final class CrossEntropy extends LossMCXENT {

  private static final long serialVersionUID = 1L;

  @Override
  protected INDArray scoreArray(INDArray labels, INDArray preOutput, IActivation softmax, INDArray mask) {
    return Nd4j.nn.logSoftmax(preOutput).muli(labels.castTo(preOutput.dataType()));
  }
}
