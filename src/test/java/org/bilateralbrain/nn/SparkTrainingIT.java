package org.bilateralbrain.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.bilateralbrain.nn.Networks.ImageShape;
import org.bilateralbrain.sweep.LocalSpark;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Our layers are ordinary DL4J layers: dl4j-spark trains a network of them over several workers.
 */
class SparkTrainingIT {

  @Test
  void parameterAveragingTrainsANetworkOfOurLayers() {
    Nd4j.getRandom().setSeed(1);
    List<DataSet> batches = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      batches.add(batch(8));
    }
    ComputationGraph network =
        Networks.unilateral(
            new ImageShape(32, 32, 3),
            new HemisphereShape(Backbone.RESNET9, 2),
            Map.of(Head.FINE, 2),
            new Hyperparameters(5e-3, 0, 0),
            0);
    DataSet test = batch(50);
    double before = network.score(test);
    try (JavaSparkContext spark = LocalSpark.start()) {
      ParameterAveragingTrainingMaster master =
          new ParameterAveragingTrainingMaster.Builder(2, 1)
              .batchSizePerWorker(8)
              .averagingFrequency(2)
              .workerPrefetchNumBatches(0)
              .rddTrainingApproach(RDDTrainingApproach.Direct) // no copies of the data in files
              .build();
      SparkComputationGraph distributed = new SparkComputationGraph(spark, network, master);
      for (int epoch = 0; epoch < 3; epoch++) {
        distributed.fit(spark.parallelize(batches, 2));
      }

      assertThat(distributed.getNetwork().score(test)).isLessThan(0.5 * before);
    }
  }

  /** Bright images and dark ones. */
  private static DataSet batch(int count) {
    INDArray images = Nd4j.randn(DataType.FLOAT, count, 32, 32, 3);
    INDArray labels = Nd4j.zeros(DataType.FLOAT, count, 2);
    for (int i = 0; i < count; i++) {
      images.slice(i).addi(i % 2 == 0 ? 0.5 : -0.5);
      labels.putScalar(i, i % 2, 1);
    }
    return new DataSet(images, labels);
  }
}
