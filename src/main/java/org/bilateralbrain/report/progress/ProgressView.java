package org.bilateralbrain.report.progress;

import java.util.function.Supplier;

/** Where people see how a sweep is getting on. */
public interface ProgressView extends AutoCloseable {

  /** Something has happened. */
  void event(String line);

  /**
   * Shows how far the sweep is, if it is time to; to be called often. What is shown is made only
   * then.
   */
  void refresh(Supplier<Snapshot> snapshot);

  /** There is nothing more to see. */
  @Override
  default void close() {}
}
