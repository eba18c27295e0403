package org.bilateralbrain.train;

import org.bilateralbrain.nn.Examples;

/** The joined features, left before right, that heads are trained, chosen and tested on. */
interface HeadExamples extends ExampleSource {

  /**
   * Of how many images at a time the features were computed: where k-winners look at a batch, they
   * depend on it.
   */
  int computedTogether();

  /** The first test images' features, in such batches. */
  Iterable<Examples> testAsComputed();
}
