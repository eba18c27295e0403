package org.bilateralbrain.sweep;

import org.bilateralbrain.grid.GridPoint;
import org.bilateralbrain.store.TestResult;

/** A network of a sweep and how it did on the test images. */
public record TestedNetwork(GridPoint cell, TestResult result) {

  /** Names the network in files. */
  public String name() {
    return NetworkTask.name(cell);
  }
}
