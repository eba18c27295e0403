package org.bilateralbrain.train;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.grid.NetworkJob;
import org.bilateralbrain.nn.SafeTensors;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.Store;

/** Stands in for the different weights that another machine may compute from the same recipe. */
public final class OtherWeights {

  public static final String FILE = WeightsFile.NAME;

  private OtherWeights() {}

  /** Commits a second artifact of a job, in which every weight is increased by the same amount. */
  public static void commit(Store store, Job job, float increase) throws IOException {
    Artifact before = store.find(JobRunner.key(job)).orElseThrow();
    Weights weights = WeightsFile.read(before, ((NetworkJob) job).architecture());
    Weights others = plus(weights, increase);
    try (ArtifactWriter artifact = store.write(JobRunner.key(job))) {
      artifact.holds(others.digest());
      for (String file : before.files()) {
        byte[] content = file.equals(FILE) ? bytes(others) : before.read(file);
        artifact.write(file, out -> out.write(content));
      }
      artifact.commit();
    }
  }

  private static Weights plus(Weights weights, float increase) {
    Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
    weights
        .tensors()
        .forEach(
            (name, tensor) -> {
              float[] values = tensor.values().clone();
              for (int i = 0; i < values.length; i++) {
                values[i] += increase;
              }
              tensors.put(name, new Weights.Tensor(tensor.shape(), values));
            });
    return new Weights(tensors);
  }

  private static byte[] bytes(Weights weights) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SafeTensors.write(weights, Map.of(), out);
    return out.toByteArray();
  }
}
