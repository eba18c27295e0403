package org.bilateralbrain.sweep;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.bilateralbrain.config.Parallelism;
import org.bilateralbrain.grid.HemisphereJob;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.store.Progress;
import org.bilateralbrain.train.EpochTrainer;
import org.bilateralbrain.train.NetworkFile;
import org.bilateralbrain.train.PermanentFailureException;
import org.bilateralbrain.train.ProgressListener;
import org.bilateralbrain.train.WorkerShare;
import org.bilateralbrain.train.WorkerShare.Part;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Trains one network over all executors: in each round every worker starts from the same weights
 * and moments, takes a few steps on its own batches, and dl4j-spark averages what they have come
 * to. Workers make their batches themselves, from the data set that each executor has; through the
 * driver go only weights and moments.
 */
final class DataParallelEpochs implements EpochTrainer {

  private final JavaSparkContext spark;
  private final HemisphereJob job;
  private final TaskInputs inputs;
  private final ComputationGraph network;
  private final SparkComputationGraph distributed;
  private final ProgressListener listener;
  private final int workers;
  private final int rounds;
  private final int images;

  DataParallelEpochs(
      JavaSparkContext spark,
      HemisphereJob job,
      TaskInputs inputs,
      ComputationGraph network,
      ProgressListener listener) {
    this.spark = spark;
    this.job = job;
    this.inputs = inputs;
    this.network = network;
    this.listener = listener;
    Parallelism.OfData parallelism = (Parallelism.OfData) job.parallelism();
    workers = parallelism.workers();
    WorkerShare share = new WorkerShare(job, inputs.dataSet(), 0);
    rounds = share.rounds();
    images = share.trainImages();
    int batchSize = Math.min(job.training().batchSize(), images);
    distributed =
        new SparkComputationGraph(spark, network, new RoundMaster(parallelism, batchSize));
  }

  /** The loss is that of the workers' last step before each averaging. */
  @Override
  public Trained train(int epoch, Map<Head, Double> validated) {
    long start = System.nanoTime();
    double lossSum = 0;
    double seconds = 0;
    for (int i = 0; i < rounds; i++) {
      int round = i;
      JavaRDD<MultiDataSet> batches = onWorkers(share -> share.batches(epoch, round));
      double l2 = network.calcRegularizationScore(true);
      distributed.fitMultiDataSet(batches);
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("The training was interrupted");
      }
      double loss = distributed.getScore() - l2;
      if (!Double.isFinite(loss)) {
        throw PermanentFailureException.diverged("the loss is %s in".formatted(loss), epoch + 1);
      }
      lossSum += loss;
      seconds = (System.nanoTime() - start) / 1e9;
      int done = (int) ((long) images * (i + 1) / rounds);
      listener.update(
          new Progress(
              "epoch",
              epoch + 1,
              job.training().epochs(),
              done,
              images,
              lossSum / (i + 1),
              Head.byLabel(validated),
              done / seconds));
    }
    return new Trained(lossSum / rounds, images, seconds);
  }

  @Override
  public Map<Head, Double> validate() {
    return accuracy(Part.VALIDATION);
  }

  @Override
  public Map<Head, Double> test() {
    return accuracy(Part.TEST);
  }

  private Map<Head, Double> accuracy(Part part) {
    Broadcast<byte[]> weights = spark.broadcast(written(network));
    int[] counts;
    try {
      counts =
          onWorkers(
                  share -> List.of(share.right(NetworkFile.read(weights.value()), part)).iterator())
              .reduce((a, b) -> IntStream.range(0, a.length).map(i -> a[i] + b[i]).toArray());
    } finally {
      weights.destroy();
    }
    int all = counts[job.heads().size()];
    Map<Head, Double> accuracies = new EnumMap<>(Head.class);
    for (int i = 0; i < job.heads().size() && all > 0; i++) {
      accuracies.put(job.heads().get(i), (double) counts[i] / all);
    }
    return accuracies;
  }

  private interface Work<T> extends Serializable {
    Iterator<T> of(WorkerShare share) throws IOException;
  }

  private <T> JavaRDD<T> onWorkers(Work<T> work) {
    HemisphereJob ofWorker = job;
    TaskInputs ofTask = inputs;
    return spark
        .parallelize(IntStream.range(0, workers).boxed().toList(), workers)
        .mapPartitionsWithIndex(
            (worker, nothing) -> {
              ofTask.useResources(TaskContext.get());
              return work.of(new WorkerShare(ofWorker, ofTask.dataSet(), worker));
            },
            false);
  }

  private static byte[] written(ComputationGraph network) {
    try {
      return NetworkFile.write(network);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // to an array
    }
  }
}
