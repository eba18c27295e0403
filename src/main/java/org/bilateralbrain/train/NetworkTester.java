package org.bilateralbrain.train;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Engine;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.Prediction;
import org.bilateralbrain.store.TestResult;
import org.bilateralbrain.train.StoredFeatures.NpyFormat;

/** Tests trained networks: those in the store, and pretrained hemispheres that a job names. */
public final class NetworkTester {

  static final int BATCH_SIZE = 256;

  private final Engine engine;
  private final StoredNetworks stored;
  private final DataSet dataSet;

  public NetworkTester(Engine engine, StoredNetworks stored, DataSet dataSet) {
    this.engine = engine;
    this.stored = stored;
    this.dataSet = dataSet;
  }

  /**
   * Tests a job's network, or an ensemble's members together, on all test images.
   *
   * @param heads those of the job's network
   * @throws java.io.FileNotFoundException if a network isn't in the store
   */
  public TestResult test(Job job, List<Head> heads) throws IOException {
    JobData data = JobData.of(job.data(), dataSet);
    try (Ensemble networks = Ensemble.of(engine, stored.readAll(job))) {
      return Evaluation.of(networks::predict, heads, data.hierarchy(), data.test(BATCH_SIZE))
          .result();
    }
  }

  /**
   * Writes the test images' features as a NumPy matrix with one row per image, in the images'
   * order; an ensemble's members are concatenated.
   */
  public void writeFeatures(Job job, OutputStream out) throws IOException {
    JobData data = JobData.of(job.data(), dataSet);
    try (Ensemble networks = Ensemble.of(engine, stored.readAll(job))) {
      out.write(NpyFormat.header(data.partition().test().count(), networks.features()));
      for (Examples batch : data.test(BATCH_SIZE)) {
        for (float[] row : networks.predict(batch).features()) {
          out.write(NpyFormat.values(row));
        }
      }
    }
  }

  /** Networks that predict together; may be a single one. */
  public record Ensemble(List<Network> members) implements AutoCloseable {

    /** Creates the networks with their stored weights. */
    public static Ensemble of(Engine engine, List<StoredNetworks.Stored> stored) {
      return new Ensemble(
          stored.stream()
              .map(each -> engine.create(each.architecture(), Hyperparameters.NONE, each.weights()))
              .toList());
    }

    /** The members' mean logits and concatenated features. */
    public Prediction predict(Examples examples) {
      return Prediction.ofEnsemble(
          members.stream().map(member -> member.predict(examples)).toList());
    }

    int features() {
      return members.stream().mapToInt(member -> member.architecture().features()).sum();
    }

    long parameters() {
      return members.stream().mapToLong(member -> member.architecture().parameterCount()).sum();
    }

    @Override
    public void close() {
      members.forEach(Network::close);
    }
  }
}
