package org.bilateralbrain.spark;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Progress;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.train.Training.ProgressListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a job's progress to the store every few seconds, where the driver and other processes read
 * it, whatever the cluster.
 */
final class ProgressNotes implements ProgressListener {

  private static final Logger LOG = LoggerFactory.getLogger(ProgressNotes.class);
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Store store;
  private final ArtifactKey key;
  private long lastNote = System.nanoTime() - INTERVAL_NANOS;

  ProgressNotes(Store store, ArtifactKey key) {
    this.store = store;
    this.key = key;
  }

  @Override
  public void update(Supplier<Progress> progress) {
    if (System.nanoTime() - lastNote < INTERVAL_NANOS) {
      return;
    }
    lastNote = System.nanoTime();
    try {
      store.writeProgress(key, progress.get());
    } catch (IOException e) {
      // no result depends on it, and the next one may succeed
      LOG.warn("The progress of {} can't be written: {}", key, e.getMessage());
    }
  }
}
