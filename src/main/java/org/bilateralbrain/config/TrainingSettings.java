package org.bilateralbrain.config;

import java.io.Serializable;
import org.bilateralbrain.nn.Hyperparameters;

/** Length and hyper-parameters of a training. */
public record TrainingSettings(int epochs, int batchSize, Hyperparameters hyperparameters)
    implements Serializable {

  static TrainingSettings read(Section section) {
    return new TrainingSettings(
        section.integer("epochs", 1),
        section.integer("batch-size", 1),
        new Hyperparameters(
            section.positive("learning-rate"),
            section.atLeastZero("weight-decay"),
            section.fractionBelowOne("dropout")));
  }
}
