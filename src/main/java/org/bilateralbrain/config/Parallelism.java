package org.bilateralbrain.config;

import java.io.Serializable;
import java.util.Optional;

/** How the training of one network is distributed over a cluster. */
public sealed interface Parallelism extends Serializable {

  /** One executor trains it; the cluster runs many jobs at a time. */
  record OfJobs() implements Parallelism {}

  /**
   * Several workers train it together, each on its part of every epoch, and average their weights.
   *
   * @param workers number of workers; the result depends on it
   * @param averagingFrequency steps of each worker between two averages
   */
  record OfData(int workers, int averagingFrequency) implements Parallelism {
    @Override
    public String toString() {
      return "data, %s workers, averaged every %s steps".formatted(workers, averagingFrequency);
    }
  }

  static Parallelism read(Section section) {
    Parallelism data =
        new OfData(section.integer("workers", 2), section.integer("averaging-frequency", 1));
    return section
        .<Parallelism>named(
            "parallelism",
            name ->
                switch (name) {
                  case "jobs" -> Optional.of(new OfJobs());
                  case "data" -> Optional.of(data);
                  default -> Optional.empty();
                },
            "jobs, data")
        .orElse(new OfJobs());
  }
}
