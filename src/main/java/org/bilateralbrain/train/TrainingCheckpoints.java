package org.bilateralbrain.train;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.List;
import org.bilateralbrain.config.CheckpointEvery;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.DamagedArtifactException;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Store;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
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
  private static final String WEIGHTS_FILE = "weights" + NpyFormat.EXTENSION;
  private static final String BEST_FILE = "best" + NpyFormat.EXTENSION;
  private static final String MOMENTS_FILE = "moments" + NpyFormat.EXTENSION;

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
   * @param best becomes the weights of the best epoch so far
   * @return the epochs that are done
   * @throws IOException if there may be a whole one that can't be read just now: to start anew
   *     would throw work away
   */
  List<History.Epoch> restore(ComputationGraph network, INDArray best) throws IOException {
    IOException unread = null;
    for (Artifact checkpoint : store.readCheckpoints(key)) {
      try {
        List<History.Epoch> epochs = restore(checkpoint, network, best);
        resumedAfter = epochs.size();
        savedEpoch = epochs.size();
        LOG.info("{} goes on after epoch {}", key, resumedAfter);
        return epochs;
      } catch (DamagedArtifactException e) {
        LOG.warn("A checkpoint is passed over: {}", e.getMessage());
      } catch (IOException e) {
        LOG.warn("A checkpoint of {} can't be read: {}", key, e.getMessage());
        unread = e;
      }
    }
    if (unread != null) {
      throw unread;
    }
    return List.of();
  }

  private static List<History.Epoch> restore(
      Artifact checkpoint, ComputationGraph network, INDArray best) throws IOException {
    State state = state(checkpoint);
    INDArray moments = network.getUpdater().getStateViewArray();
    // read everything before anything is changed
    float[] weights = read(checkpoint, WEIGHTS_FILE, network.params());
    float[] bestWeights = read(checkpoint, BEST_FILE, best);
    float[] savedMoments = read(checkpoint, MOMENTS_FILE, moments);
    network.params().assign(row(weights));
    best.assign(row(bestWeights));
    moments.assign(row(savedMoments));
    network.getConfiguration().setIterationCount(state.step());
    return state.epochs();
  }

  private static State state(Artifact checkpoint) throws IOException {
    return checkpoint.read(STATE_FILE, State.class);
  }

  private static float[] read(Artifact checkpoint, String file, INDArray like) throws IOException {
    float[] values = new float[Math.toIntExact(like.length())];
    FloatBuffer stored = NpyFormat.matrix(checkpoint.map(file), 1, values.length);
    stored.get(values);
    return values;
  }

  private static INDArray row(float[] values) {
    return Nd4j.createFromArray(values).reshape('c', 1, values.length);
  }

  /**
   * Saves, if it is time. That it can't be done is no failure of the training: the checkpoint
   * before this one is still there, and the next epoch's end is tried again.
   *
   * @param epochs that are done
   */
  void saveIfDue(ComputationGraph network, INDArray best, List<History.Epoch> epochs) {
    if (!every.due(epochs.size() - savedEpoch, (System.nanoTime() - savedAt) / 1e9)) {
      return;
    }
    try (ArtifactWriter checkpoint = store.writeCheckpoint(key)) {
      State state = new State(network.getConfiguration().getIterationCount(), epochs);
      checkpoint.write(STATE_FILE, out -> out.write(Json.encode(state)));
      write(checkpoint, WEIGHTS_FILE, network.params());
      write(checkpoint, BEST_FILE, best);
      write(checkpoint, MOMENTS_FILE, network.getUpdater().getStateViewArray());
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

  private static void write(ArtifactWriter checkpoint, String file, INDArray array)
      throws IOException {
    float[] values = array.dup('c').data().asFloat();
    checkpoint.write(
        file,
        out -> {
          out.write(NpyFormat.header(1, values.length));
          out.write(NpyFormat.values(values));
        });
  }
}
