package org.bilateralbrain.train;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.config.CheckpointEvery;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.Network.Snapshot;
import org.bilateralbrain.nn.Parameter;
import org.bilateralbrain.nn.SafeTensors;
import org.bilateralbrain.nn.Weights;
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
 * Saves a training at the end of an epoch, so that another process can go on with the next one and
 * end with the same weights bit for bit: the weights, those of the best epoch, Adam's moments and
 * step, and the history. The random numbers of an epoch follow from the job's seed and the epoch,
 * so that they have no state to save.
 */
public final class TrainingCheckpoints {

  private static final Logger LOG = LoggerFactory.getLogger(TrainingCheckpoints.class);

  /** The last one may turn out to be damaged. */
  private static final int KEPT = 2;

  private static final String STATE_FILE = "state.json";
  private static final String BEST_FILE = "best" + SafeTensors.EXTENSION;
  private static final String OPTIMISER_FILE = "optimiser" + SafeTensors.EXTENSION;

  /** The only tensor of the optimiser's file. */
  private static final String MOMENTS = "moments";

  /**
   * What of a training is no array.
   *
   * @param step of the optimiser, which its bias correction depends on
   */
  private record State(int step, List<History.Epoch> epochs) {}

  private final Store store;
  private final ArtifactKey key;
  private final CheckpointEvery every;
  private int savedEpoch;
  private long savedAt = System.nanoTime();
  private int resumedAfter;

  TrainingCheckpoints(Store store, ArtifactKey key, CheckpointEvery every) {
    this.store = store;
    this.key = key;
    this.every = every;
  }

  /** After which epoch a job would go on; 0 if it would start anew. */
  public static int epochsDone(Store store, ArtifactKey key) throws IOException {
    for (Artifact checkpoint : store.readCheckpoints(key)) {
      try {
        return state(checkpoint).epochs().size();
      } catch (DamagedArtifactException e) {
        LOG.debug("Passed over", e);
      }
    }
    return 0;
  }

  /** After which epoch the training went on; 0 if it started anew. */
  int resumedAfter() {
    return resumedAfter;
  }

  /**
   * Brings a new network to the state of the last whole checkpoint, if there is one.
   *
   * @param history receives the epochs that are done
   * @return the weights of the best epoch so far; the network's own before the first
   * @throws IOException if there may be a whole one that can't be read just now: to start anew
   *     would throw work away
   */
  Weights restore(Network network, History history) throws IOException {
    IOException unread = null;
    for (Artifact checkpoint : store.readCheckpoints(key)) {
      try {
        Weights best = restore(checkpoint, network, history);
        resumedAfter = history.count();
        savedEpoch = history.count();
        LOG.info("{} resumes after epoch {}", key, resumedAfter);
        return best;
      } catch (DamagedArtifactException e) {
        LOG.warn("A checkpoint is skipped: {}", e.getMessage());
      } catch (IOException e) {
        LOG.warn("A checkpoint of {} can't be read: {}", key, e.getMessage());
        unread = e;
      }
    }
    if (unread != null) {
      throw unread;
    }
    return network.weights();
  }

  private static Weights restore(Artifact checkpoint, Network network, History history)
      throws IOException {
    State state = state(checkpoint);
    List<Parameter> parameters = network.architecture().parameters();
    Parameter moments = moments(network.snapshot().optimiser().length);
    // read everything before anything is changed
    Weights weights = SafeTensors.read(checkpoint.map(WeightsFile.NAME), parameters);
    Weights best = SafeTensors.read(checkpoint.map(BEST_FILE), parameters);
    Weights optimiser = SafeTensors.read(checkpoint.map(OPTIMISER_FILE), List.of(moments));
    network.restore(new Snapshot(weights, optimiser.get(MOMENTS).values(), state.step()));
    state.epochs().forEach(history::add);
    return best;
  }

  private static Parameter moments(int count) {
    return new Parameter(MOMENTS, List.of(count), Parameter.Kind.WEIGHT, 0);
  }

  private static State state(Artifact checkpoint) throws IOException {
    return checkpoint.read(STATE_FILE, State.class);
  }

  /**
   * Saves, if it is time. That it can't be done is no failure of the training: the checkpoint
   * before this one is still there, and the next epoch's end is tried again.
   *
   * @param history of the epochs that are done
   */
  void saveIfDue(Network network, Weights best, History history) {
    List<History.Epoch> epochs = history.epochs();
    if (!every.due(epochs.size() - savedEpoch, (System.nanoTime() - savedAt) / 1e9)) {
      return;
    }
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
      LOG.warn("No checkpoint of {} after epoch {}: {}", key, epochs.size(), e.getMessage());
      return;
    }
    try {
      store.keepCheckpoints(key, KEPT);
    } catch (IOException e) {
      LOG.warn("Old checkpoints of {} could not be removed: {}", key, e.getMessage());
    }
  }

  private static Weights moments(float[] values) {
    return new Weights(Map.of(MOMENTS, new Weights.Tensor(List.of(values.length), values)));
  }

  private static void write(ArtifactWriter checkpoint, String file, Weights weights)
      throws IOException {
    checkpoint.write(file, out -> SafeTensors.write(weights, Map.of(), out));
  }
}
