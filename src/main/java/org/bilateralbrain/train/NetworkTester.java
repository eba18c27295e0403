package org.bilateralbrain.train;

import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Networks;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.TestResult;
import org.bilateralbrain.store.TestResult.Counts;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Tests networks that are there, without training: what the store holds, and hemispheres that a job
 * names.
 */
public final class NetworkTester {

  private static final int BATCH_SIZE = 256;
  private static final int FIRST = 5;

  private final TrainedNetworks trained;
  private final DataSet dataSet;

  public NetworkTester(Store store, DataSet dataSet, Configuration hadoop) {
    this.trained = new TrainedNetworks(store, dataSet, hadoop);
    this.dataSet = dataSet;
  }

  /**
   * @param heads of the job's network, in the order of its outputs
   */
  public TestResult test(Job job, List<Head> heads) throws IOException {
    JobData data = JobData.of(job.data(), dataSet);
    List<ComputationGraph> networks = trained.of(job);
    networks.forEach(Networks::giveLogits);
    Map<Head, Count> counts = new LinkedHashMap<>();
    heads.forEach(
        head ->
            counts.put(head, new Count(data.classes().get(head), data.classes().get(Head.COARSE))));
    for (MiniBatch batch : data.testImages(BATCH_SIZE)) {
      INDArray[] logits = Testing.meanLogits(networks, batch.input());
      for (int i = 0; i < logits.length; i++) {
        counts
            .get(heads.get(i))
            .add(logits[i].toFloatMatrix(), batch.labels(heads.get(i)), batch.coarse());
      }
    }
    Map<String, TestResult.OfHead> results = new LinkedHashMap<>();
    counts.forEach((head, count) -> results.put(head.label(), count.result()));
    return new TestResult(results);
  }

  /**
   * Writes the features of the test images, those of an ensemble's members side by side, as a NumPy
   * matrix with a row for each image, in the images' order.
   */
  public void writeFeatures(Job job, OutputStream out) throws IOException {
    JobData data = JobData.of(job.data(), dataSet);
    List<ComputationGraph> networks = trained.of(job);
    boolean started = false;
    for (MiniBatch batch : data.testImages(BATCH_SIZE)) {
      INDArray[] features =
          networks.stream()
              .map(network -> Networks.featuresOf(network, batch.input()))
              .toArray(INDArray[]::new);
      INDArray joined = features.length == 1 ? features[0] : Nd4j.hstack(features);
      if (!started) {
        out.write(NpyFormat.header(data.partition().test().count(), (int) joined.columns()));
        started = true;
      }
      out.write(NpyFormat.values(joined.dup('c').data().asFloat()));
    }
  }

  /** Of one head. */
  private static final class Count {
    private final Counts byClass;
    private final Counts bySuperclass;
    private int images;
    private int first;
    private int firstFive;

    Count(int classes, int superclasses) {
      byClass = Counts.ofClasses(classes);
      bySuperclass = Counts.ofClasses(superclasses);
    }

    void add(float[][] logits, int[] labels, int[] coarse) {
      for (int i = 0; i < labels.length; i++) {
        int rank = rank(logits[i], labels[i]);
        images++;
        first += rank == 0 ? 1 : 0;
        firstFive += rank < FIRST ? 1 : 0;
        byClass.add(labels[i], rank == 0);
        bySuperclass.add(coarse[i], rank == 0);
      }
    }

    /**
     * How many classes come before the right one; of equal ones the lower number, as argmax has it.
     */
    private static int rank(float[] logits, int label) {
      int before = 0;
      for (int c = 0; c < logits.length; c++) {
        if (logits[c] > logits[label] || logits[c] == logits[label] && c < label) {
          before++;
        }
      }
      return before;
    }

    TestResult.OfHead result() {
      return new TestResult.OfHead(images, first, firstFive, byClass, bySuperclass);
    }
  }
}
