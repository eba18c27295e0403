package org.bilateralbrain.train;

/** The joined features, left before right, that heads are trained, chosen and tested on. */
interface HeadExamples extends LocalEpochs.Examples {

  Iterable<MiniBatch> validation();

  Iterable<MiniBatch> test();

  /**
   * Of how many images at a time the features were computed: where k-winners look at a batch, they
   * depend on it.
   */
  int computedTogether();

  /** The first test images' features, in such batches. */
  Iterable<MiniBatch> testAsComputed();
}
