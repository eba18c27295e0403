package org.bilateralbrain.grid;

import org.bilateralbrain.nn.Architecture;

/** Makes one network with weights of its own. */
public sealed interface NetworkJob extends Job
    permits Hemisphere, BilateralJob, EndToEndJob, PretrainedJob {

  Architecture architecture();
}
