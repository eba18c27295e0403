package org.bilateralbrain.report.progress;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Progress;
import org.bilateralbrain.store.Store;

/**
 * A store's progress notes, read anew only every few seconds however often they are asked for. One
 * that is gone is still the last that was known: a job removes its note when it is done, a little
 * before its driver hears of it.
 */
public final class RecentNotes implements Snapshot.Notes {

  private static final long INTERVAL_LOCAL_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long INTERVAL_REMOTE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Store store;
  private final LongSupplier nanoTime;
  private final long intervalNanos;
  private Map<ArtifactKey, Optional<Progress>> before = Map.of();
  private Map<ArtifactKey, Optional<Progress>> notes = new HashMap<>();
  private long readAt;

  public RecentNotes(Store store) {
    this(store, System::nanoTime);
  }

  RecentNotes(Store store, LongSupplier nanoTime) {
    this.store = store;
    this.nanoTime = nanoTime;
    readAt = nanoTime.getAsLong();
    intervalNanos = store.isLocal() ? INTERVAL_LOCAL_NANOS : INTERVAL_REMOTE_NANOS;
  }

  @Override
  public Optional<Progress> read(ArtifactKey key) {
    long now = nanoTime.getAsLong();
    if (now - readAt >= intervalNanos) {
      before = notes;
      notes = new HashMap<>();
      readAt = now;
    }
    return notes.computeIfAbsent(
        key,
        absent -> store.readProgress(key).or(() -> before.getOrDefault(key, Optional.empty())));
  }
}
