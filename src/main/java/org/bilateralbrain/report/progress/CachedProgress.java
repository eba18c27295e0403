package org.bilateralbrain.report.progress;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Concurrently;
import org.bilateralbrain.store.Progress;
import org.bilateralbrain.store.Store;

/**
 * The progress of running jobs, read from the store at most once in a few seconds each. If a job's
 * progress is gone, the last one known is returned: a job that finishes deletes it shortly before
 * its driver learns that the job is done.
 */
public final class CachedProgress implements Snapshot.ProgressSource {

  private static final long INTERVAL_LOCAL_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long INTERVAL_REMOTE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Store store;
  private final LongSupplier nanoTime;
  private final long intervalNanos;
  private Map<ArtifactKey, Optional<Progress>> previous = Map.of();
  private Map<ArtifactKey, Optional<Progress>> current = new HashMap<>();
  private long readAt;

  public CachedProgress(Store store) {
    this(store, System::nanoTime);
  }

  CachedProgress(Store store, LongSupplier nanoTime) {
    this.store = store;
    this.nanoTime = nanoTime;
    readAt = nanoTime.getAsLong();
    intervalNanos = store.isLocal() ? INTERVAL_LOCAL_NANOS : INTERVAL_REMOTE_NANOS;
  }

  @Override
  public Optional<Progress> read(ArtifactKey key) {
    expire();
    return current.computeIfAbsent(key, this::readNow);
  }

  @Override
  public void prefetch(Collection<ArtifactKey> keys) throws IOException {
    expire();
    List<ArtifactKey> unread = keys.stream().filter(key -> !current.containsKey(key)).toList();
    List<Optional<Progress>> read = Concurrently.each(unread, this::readNow);
    for (int i = 0; i < unread.size(); i++) {
      current.put(unread.get(i), read.get(i));
    }
    readAt = nanoTime.getAsLong(); // of thousands, reading takes longer than the interval
  }

  private void expire() {
    long now = nanoTime.getAsLong();
    if (now - readAt >= intervalNanos) {
      previous = current;
      current = new HashMap<>();
      readAt = now;
    }
  }

  private Optional<Progress> readNow(ArtifactKey key) {
    return store.readProgress(key).or(() -> previous.getOrDefault(key, Optional.empty()));
  }
}
