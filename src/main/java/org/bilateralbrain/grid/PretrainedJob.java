package org.bilateralbrain.grid;

/** Takes over a network that was trained elsewhere, and tests it. */
public sealed interface PretrainedJob extends NetworkJob
    permits PretrainedHemisphereJob, PretrainedBilateralJob {

  Checkpoint checkpoint();

  /** To be tested once. */
  @Override
  default double work() {
    return architecture().forwardCost();
  }
}
