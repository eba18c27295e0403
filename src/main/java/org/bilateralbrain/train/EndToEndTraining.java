package org.bilateralbrain.train;

import java.io.IOException;
import java.util.List;
import org.bilateralbrain.data.Seeds;
import org.bilateralbrain.grid.EndToEndJob;
import org.bilateralbrain.grid.Hemisphere;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Networks;
import org.bilateralbrain.nn.Networks.Place;
import org.bilateralbrain.nn.Plasticity;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Trains a bilateral network as a whole; hemispheres that are frozen run in testing mode. */
final class EndToEndTraining {

  private static final List<Head> HEADS = List.of(Head.FINE, Head.COARSE);

  /** Finds the trained hemispheres that the network starts from. */
  interface Hemispheres {
    ComputationGraph trained(Hemisphere hemisphere) throws IOException;
  }

  private EndToEndTraining() {}

  static TrainedNetwork run(EndToEndJob job, JobData data, Hemispheres hemispheres, Attempt attempt)
      throws IOException {
    ComputationGraph network =
        Networks.bilateral(
            JobData.IMAGE_SHAPE,
            job.left().shape(),
            plasticity(job.left()),
            job.right().shape(),
            plasticity(job.right()),
            data.classes(),
            job.training().hyperparameters(),
            Seeds.derive(job.seed(), "initialisation", 0));
    transplant(job.left(), Place.LEFT, network, hemispheres);
    transplant(job.right(), Place.RIGHT, network, hemispheres);
    return new ImageTraining(data, job.training(), job.seed()).run(network, HEADS, attempt);
  }

  private static Plasticity plasticity(EndToEndJob.Side side) {
    return side instanceof EndToEndJob.Side.Frozen ? Plasticity.FROZEN : Plasticity.TRAINED;
  }

  private static void transplant(
      EndToEndJob.Side side, Place place, ComputationGraph network, Hemispheres hemispheres)
      throws IOException {
    if (side instanceof EndToEndJob.Side.Plastic plastic) {
      Networks.transplant(hemispheres.trained(plastic.hemisphere()), network, place);
    } else if (side instanceof EndToEndJob.Side.Frozen frozen) {
      Networks.transplant(hemispheres.trained(frozen.hemisphere()), network, place);
    }
  }
}
