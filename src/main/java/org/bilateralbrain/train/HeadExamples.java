package org.bilateralbrain.train;

/** The joined features, left before right, that heads are trained, chosen and tested on. */
interface HeadExamples extends LocalEpochs.Examples {

  Iterable<MiniBatch> validation();

  Iterable<MiniBatch> test();
}
