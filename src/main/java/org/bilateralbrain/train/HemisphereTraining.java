package org.bilateralbrain.train;

import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.data.Seeds;
import org.bilateralbrain.grid.HemisphereJob;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Networks;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Trains one hemisphere with its head or heads on augmented images. */
final class HemisphereTraining {

  private HemisphereTraining() {}

  static TrainedNetwork run(
      HemisphereJob job, JobData data, Attempt attempt, Distribution distribution)
      throws IOException {
    ComputationGraph network =
        Networks.unilateral(
            JobData.IMAGE_SHAPE,
            job.shape(),
            classes(data, job.heads()),
            job.training().hyperparameters(),
            Seeds.derive(job.seed(), "initialisation", 0));
    ImageTraining training = new ImageTraining(data, job.training(), job.seed());
    return job.isDistributed()
        ? training.run(
            network, job.heads(), attempt, distribution.over(job, network, attempt.listener()))
        : training.run(network, job.heads(), attempt);
  }

  static Map<Head, Integer> classes(JobData data, List<Head> heads) {
    Map<Head, Integer> classes = new EnumMap<>(data.classes());
    classes.keySet().retainAll(heads);
    return classes;
  }
}
