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

/**
 * Tests networks that are there, without training: what the store holds, and hemispheres that a job
 * names.
 */
public final class NetworkTester {

  static final int BATCH_SIZE = 256;

  private final Engine engine;
  private final StoredNetworks trained;
  private final DataSet dataSet;

  public NetworkTester(Engine engine, StoredNetworks trained, DataSet dataSet) {
    this.engine = engine;
    this.trained = trained;
    this.dataSet = dataSet;
  }

  /**
   * @param heads of the job's network
   */
  public TestResult test(Job job, List<Head> heads) throws IOException {
    JobData data = JobData.of(job.data(), dataSet);
    try (Ensemble networks = Ensemble.of(engine, trained.readAll(job))) {
      return Evaluation.of(networks::predict, heads, data.classes(), data.test(BATCH_SIZE))
          .result();
    }
  }

  /**
   * Writes the features of the test images, those of an ensemble's members side by side, as a NumPy
   * matrix with a row for each image, in the images' order.
   */
  public void writeFeatures(Job job, OutputStream out) throws IOException {
    JobData data = JobData.of(job.data(), dataSet);
    try (Ensemble networks = Ensemble.of(engine, trained.readAll(job))) {
      out.write(NpyFormat.header(data.partition().test().count(), networks.features()));
      for (Examples batch : data.test(BATCH_SIZE)) {
        for (float[] row : networks.predict(batch).features()) {
          out.write(NpyFormat.values(row));
        }
      }
    }
  }

  /** Networks that predict together; often a single one. */
  public record Ensemble(List<Network> members) implements AutoCloseable {

    public static Ensemble of(Engine engine, List<StoredNetworks.Stored> stored) {
      return new Ensemble(
          stored.stream()
              .map(
                  each -> {
                    Network network = engine.create(each.architecture(), Hyperparameters.NONE);
                    network.load(each.weights());
                    return network;
                  })
              .toList());
    }

    /** Mean logits, features side by side. */
    public Prediction predict(Examples examples) {
      return Prediction.together(members.stream().map(member -> member.predict(examples)).toList());
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
