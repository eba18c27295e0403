package org.bilateralbrain.train;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bilateralbrain.config.CheckpointEvery;
import org.bilateralbrain.nn.InitialValues.Distribution;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.Network.Snapshot;
import org.bilateralbrain.nn.Parameter;
import org.bilateralbrain.nn.SafeTensors;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.nn.Weights.InvalidWeightsException;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.DamagedArtifactException;
import org.bilateralbrain.store.History;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves trainings at the ends of epochs, so that another process can continue with the next epoch
 * and arrive at the same weights bit for bit. A checkpoint holds the weights, those of the best
 * epoch, the optimiser's state, and the history. Random numbers have no state to save, because
 * those of an epoch derive from the job's seed and the epoch.
 */
public final class TrainingCheckpoints {

  private static final Logger LOG = LoggerFactory.getLogger(TrainingCheckpoints.class);

  /** More than one, because the last may turn out to be damaged. */
  private static final int KEPT = 2;

  private static final String STATE_FILE = "state.json";
  private static final String BEST_FILE = "best" + SafeTensors.EXTENSION;
  static final String OPTIMISER_FILE = "optimiser" + SafeTensors.EXTENSION;

  /**
   * The only tensor of the optimiser's file. Another name for another order of its values, so that
   * the checkpoints of other versions aren't misread.
   */
  static final String OPTIMISER_STATE = "vectors";

  /**
   * The part of a training's state that isn't an array.
   *
   * @param step number of steps taken, on which Adam's bias correction and data-parallel schedules
   *     depend
   */
  private record State(int step, List<History.Epoch> epochs) {}

  private final Store store;
  private final ArtifactKey key;
  private final CheckpointEvery every;
  private final StopSignal stopSignal;
  private int savedEpoch;
  private long savedAt = System.nanoTime();
  private int resumedAfter;

  /** Tells a training to stop before its last epoch. */
  public interface StopSignal {

    /** For trainings that always go on. */
    StopSignal NEVER = completed -> Optional.empty();

    /**
     * Asked at the end of each epoch but the last: why the training is to stop, if it is.
     *
     * @param completed the epochs so far
     */
    Optional<StopReason> given(History completed);
  }

  /** Why a training stops before its last epoch. */
  public enum StopReason {
    /** It has fallen behind in a search. */
    PRUNED,
    /** Its executor was told to leave; another one continues. */
    LEAVING,
    /** It is late on a slow executor, or makes room for one that is; another one continues. */
    MOVING
  }

  /** A training was told to stop, and has saved a checkpoint to go on from. */
  public static final class StoppedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final StopReason reason;
    private final transient History completed;

    StoppedException(StopReason reason, History completed) {
      super("stopped after epoch %s".formatted(completed.count()));
      this.reason = reason;
      this.completed = completed;
    }

    public StopReason reason() {
      return reason;
    }

    /** The epochs so far. */
    public History completed() {
      return completed;
    }
  }

  TrainingCheckpoints(Store store, ArtifactKey key, CheckpointEvery every, StopSignal stopSignal) {
    this.store = store;
    this.key = key;
    this.every = every;
    this.stopSignal = stopSignal;
  }

  /** The epoch after which a job would resume; 0 if it would start from scratch. */
  public static int epochsDone(Store store, ArtifactKey key) throws IOException {
    for (Artifact checkpoint : store.readCheckpoints(key)) {
      try {
        return state(checkpoint).epochs().size();
      } catch (DamagedArtifactException e) {
        LOG.debug("A damaged checkpoint is skipped", e);
      }
    }
    return 0;
  }

  /** The epoch after which the training resumed; 0 if it started from scratch. */
  int resumedAfter() {
    return resumedAfter;
  }

  /**
   * Restores the last intact checkpoint, if there is one, into a new network.
   *
   * @param history receives the completed epochs
   * @return the weights of the best epoch so far; the network's own if there is no checkpoint
   * @throws IOException if a checkpoint that may be intact can't be read at present: starting from
   *     scratch would discard work
   */
  Weights restore(Network network, History history) throws IOException {
    IOException unreadable = null;
    for (Artifact checkpoint : store.readCheckpoints(key)) {
      try {
        Weights best = restore(checkpoint, network, history);
        resumedAfter = history.count();
        savedEpoch = history.count();
        LOG.info("{} resumes after epoch {}", key, resumedAfter);
        return best;
      } catch (DamagedArtifactException e) {
        LOG.warn("A damaged checkpoint is skipped: {}", e.getMessage());
      } catch (InvalidWeightsException e) {
        LOG.warn(
            "A checkpoint of {} that this version can't use is skipped: {}", key, e.getMessage());
      } catch (IOException e) {
        LOG.warn("A checkpoint of {} can't be read: {}", key, e.getMessage());
        unreadable = e;
      }
    }
    if (unreadable != null) {
      throw unreadable;
    }
    return network.weights();
  }

  private static Weights restore(Artifact checkpoint, Network network, History history)
      throws IOException {
    State state = state(checkpoint);
    List<Parameter> parameters = network.architecture().parameters();
    Parameter moments = moments(network.snapshot().optimiser().length);
    // read everything before changing anything
    Weights weights = SafeTensors.read(checkpoint.map(WeightsFile.NAME), parameters);
    Weights best = SafeTensors.read(checkpoint.map(BEST_FILE), parameters);
    Weights optimiser = SafeTensors.read(checkpoint.map(OPTIMISER_FILE), List.of(moments));
    network.restore(new Snapshot(weights, optimiser.get(OPTIMISER_STATE).values(), state.step()));
    state.epochs().forEach(history::add);
    return best;
  }

  private static Parameter moments(int count) {
    return new Parameter(
        OPTIMISER_STATE, List.of(count), Parameter.Kind.WEIGHT, new Distribution.Constant(0));
  }

  private static State state(Artifact checkpoint) throws IOException {
    return checkpoint.read(STATE_FILE, State.class);
  }

  /**
   * Saves a checkpoint if one is due, or if the training is told to stop. Failing to save doesn't
   * fail the training: the previous checkpoint remains, and the end of the next epoch is another
   * chance.
   *
   * @param history of the completed epochs
   * @throws StoppedException if the training is told to stop and its checkpoint is saved
   */
  void saveIfDue(Network network, Weights best, History history) {
    Optional<StopReason> stop = stopSignal.given(history);
    if (stop.isPresent()
        || every.due(history.count() - savedEpoch, (System.nanoTime() - savedAt) / 1e9)) {
      save(network, best, history.epochs());
    }
    if (stop.isPresent() && savedEpoch == history.count()) {
      throw new StoppedException(stop.get(), history);
    }
  }

  private void save(Network network, Weights best, List<History.Epoch> epochs) {
    try (ArtifactWriter checkpoint = store.writeCheckpoint(key)) {
      Snapshot snapshot = network.snapshot();
      State state = new State(snapshot.step(), epochs);
      checkpoint.write(STATE_FILE, out -> out.write(Json.encode(state)));
      write(checkpoint, WeightsFile.NAME, snapshot.weights());
      write(checkpoint, BEST_FILE, best);
      write(checkpoint, OPTIMISER_FILE, moments(snapshot.optimiser()));
      checkpoint.commit();
      savedEpoch = epochs.size();
      savedAt = System.nanoTime();
    } catch (IOException e) {
      LOG.warn(
          "The checkpoint of {} after epoch {} can't be saved: {}",
          key,
          epochs.size(),
          e.getMessage());
      return;
    } catch (OutOfMemoryError e) { // a copy of a network with 10^8 parameters takes 1.5 GB
      LOG.warn(
          "The checkpoint of {} after epoch {} needs more Java heap than there is: give the process more ({})",
          key,
          epochs.size(),
          e.getMessage());
      return;
    }
    try {
      store.keepCheckpoints(key, KEPT);
    } catch (IOException e) {
      LOG.warn("Old checkpoints of {} can't be deleted: {}", key, e.getMessage());
    }
  }

  private static Weights moments(float[] values) {
    return new Weights(Map.of(OPTIMISER_STATE, new Weights.Tensor(List.of(values.length), values)));
  }

  private static void write(ArtifactWriter checkpoint, String file, Weights weights)
      throws IOException {
    checkpoint.write(file, out -> SafeTensors.write(weights, Map.of(), out));
  }
}
