package org.bilateralbrain.nn;

/** Whether a hemisphere learns. */
public enum Plasticity {
  TRAINED,
  /** Always in testing mode; gradients stop above it. */
  FROZEN
}
