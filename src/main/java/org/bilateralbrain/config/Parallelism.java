package org.bilateralbrain.config;

import java.io.Serializable;

/** How one network's training is spread over a cluster. */
public sealed interface Parallelism extends Serializable {

  /** It is trained by one executor; the cluster is filled with jobs. */
  record OfJobs() implements Parallelism {}

  /**
   * Several workers train it together, each on its part of every epoch, and average their weights.
   *
   * @param workers how many; the result depends on it
   * @param averagingFrequency steps of each worker between two averagings
   */
  record OfData(int workers, int averagingFrequency) implements Parallelism {
    @Override
    public String toString() {
      return "data, %s workers, averaged every %s steps".formatted(workers, averagingFrequency);
    }
  }

  static Parallelism read(Section section) {
    String name = section.text("parallelism");
    Parallelism data =
        new OfData(section.integer("workers", 2), section.integer("averaging-frequency", 1));
    switch (name) {
      case "jobs" -> {
        return new OfJobs();
      }
      case "data" -> {
        return data;
      }
      default -> {
        section.problem("parallelism", "is '%s', but must be one of: jobs, data".formatted(name));
        return new OfJobs();
      }
    }
  }
}
