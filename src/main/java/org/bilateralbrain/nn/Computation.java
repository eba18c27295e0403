package org.bilateralbrain.nn;

import java.io.Serializable;

/**
 * What computes a job, as far as the result depends on it.
 *
 * @param engine name of the engine
 */
public record Computation(String engine, Precision precision) implements Serializable {

  /** The first engine, which job ids don't mention. */
  public static final Computation DL4J = new Computation("dl4j", Precision.FLOAT32);

  /**
   * The engine of this process that computes so.
   *
   * @throws IllegalArgumentException if there is no such engine, or it doesn't have the precision
   */
  public Engine open() {
    Engine engine = Engines.named(this.engine);
    if (!engine.precisions().contains(precision)) {
      throw new IllegalArgumentException(
          "The engine %s has no precision %s".formatted(this.engine, precision.label()));
    }
    return engine.in(precision);
  }
}
