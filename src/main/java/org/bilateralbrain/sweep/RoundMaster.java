package org.bilateralbrain.sweep;

import org.apache.spark.api.java.JavaRDDLike;
import org.bilateralbrain.config.Parallelism;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.Repartition;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;

/**
 * dl4j-spark's parameter averaging, given the batches of one round at a time, each worker's in a
 * partition of its own: they are neither counted, which would make every batch twice, nor shuffled,
 * nor kept.
 */
final class RoundMaster extends ParameterAveragingTrainingMaster {

  private final int batchesPerRound;

  RoundMaster(Parallelism.OfData parallelism, int batchSize) {
    super(
        new Builder(parallelism.workers(), batchSize)
            .batchSizePerWorker(batchSize)
            .averagingFrequency(parallelism.averagingFrequency())
            .workerPrefetchNumBatches(0)
            .rddTrainingApproach(RDDTrainingApproach.Direct) // no copies of the data in files
            .repartionData(Repartition.Never)
            .storageLevel(null));
    batchesPerRound = parallelism.workers() * parallelism.averagingFrequency();
  }

  /** At most so many, which is one split and one averaging. */
  @Override
  protected <T, Repr extends JavaRDDLike<T, Repr>> long getTotalDataSetObjectCount(
      JavaRDDLike<T, Repr> batches) {
    return batchesPerRound;
  }
}
