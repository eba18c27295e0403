package org.bilateralbrain.report.progress;

import java.util.function.Supplier;

/** Where people see the live progress of a sweep. */
public interface ProgressView extends AutoCloseable {

  /** Shows an event. */
  void event(String line);

  /**
   * Shows the sweep's progress if an update is due. To be called often; the snapshot is only taken
   * when it is shown.
   */
  void refresh(Supplier<Snapshot> snapshot);

  /** Ends the display. */
  @Override
  default void close() {}
}
