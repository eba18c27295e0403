package org.bilateralbrain.nn;

/**
 * What a schedule sets anew for every step.
 *
 * @param momentum SGD's momentum or Adam's beta 1
 */
public record Rates(double learningRate, double momentum) {

  Rates scaled(double factor) {
    return new Rates(learningRate * factor, momentum);
  }
}
