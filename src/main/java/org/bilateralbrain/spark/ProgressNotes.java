package org.bilateralbrain.spark;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.History;
import org.bilateralbrain.store.Progress;
import org.bilateralbrain.store.PrunedFile;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.train.Training.ProgressListener;
import org.bilateralbrain.train.TrainingCheckpoints.StopReason;
import org.bilateralbrain.train.TrainingCheckpoints.StopSignal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a job's progress to the store every few seconds, where the driver and other processes read
 * it, whatever the cluster. In a search that prunes, the driver hears of every epoch's validation,
 * and its answer is read at the end of the next one; so is whether the training is to go on
 * elsewhere.
 */
final class ProgressNotes implements ProgressListener, StopSignal {

  private static final Logger LOG = LoggerFactory.getLogger(ProgressNotes.class);
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** Much less than the notice that a spot instance gets. */
  private static final long MOVE_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Store store;
  private final ArtifactKey key;
  private final PrunedFile.@Nullable Place pruning;
  private final StoreRequest<Optional<StopReason>> move;
  private List<Double> validationByEpoch = List.of();
  private long lastNote = System.nanoTime() - INTERVAL_NANOS;
  private long lastMoveAsked = System.nanoTime();

  /**
   * @param pruning where the driver's decisions are; null if it prunes nothing
   * @param move whether the training is to go on elsewhere
   */
  ProgressNotes(
      Store store,
      ArtifactKey key,
      PrunedFile.@Nullable Place pruning,
      StoreRequest<Optional<StopReason>> move) {
    this.store = store;
    this.key = key;
    this.pruning = pruning;
    this.move = move;
  }

  /** A request to the store. */
  interface StoreRequest<T> {
    T answer() throws IOException;
  }

  @Override
  public void update(Supplier<Progress> progress) {
    if (System.nanoTime() - lastNote < INTERVAL_NANOS) {
      return;
    }
    lastNote = System.nanoTime();
    try {
      store.writeProgress(key, progress.get().withValidationByEpoch(validationByEpoch));
    } catch (IOException e) {
      // no result depends on it, and the next one may succeed
      LOG.warn("The progress of {} can't be written: {}", key, e.getMessage());
    }
  }

  @Override
  public Optional<StopReason> given(History completed) {
    return pruned(completed).or(this::move);
  }

  /** Not at the end of every epoch, which may take less time than a request. */
  private Optional<StopReason> move() {
    if (System.nanoTime() - lastMoveAsked < MOVE_INTERVAL_NANOS) {
      return Optional.empty();
    }
    lastMoveAsked = System.nanoTime();
    return answer("Whether %s is to go on elsewhere".formatted(key), move);
  }

  private Optional<StopReason> pruned(History completed) {
    if (pruning == null) {
      return Optional.empty();
    }
    validationByEpoch = completed.scores();
    lastNote = System.nanoTime() - INTERVAL_NANOS; // the next step tells the driver
    return answer(
        "Whether %s was pruned".formatted(key),
        () ->
            pruning.read(store).contains(key.id())
                ? Optional.of(StopReason.PRUNED)
                : Optional.empty());
  }

  /** If the store can't say, the end of a later epoch is another chance. */
  private static Optional<StopReason> answer(
      String question, StoreRequest<Optional<StopReason>> request) {
    try {
      return request.answer();
    } catch (IOException e) {
      LOG.warn("{} can't be read: {}", question, e.getMessage());
      return Optional.empty();
    }
  }
}
