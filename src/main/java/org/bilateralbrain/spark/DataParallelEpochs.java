package org.bilateralbrain.spark;

import java.io.IOException;
import java.io.Serializable;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.bilateralbrain.config.Parallelism;
import org.bilateralbrain.grid.HemisphereJob;
import org.bilateralbrain.nn.Computation;
import org.bilateralbrain.nn.Engine.Averaging;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.Network.Snapshot;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.store.Progress;
import org.bilateralbrain.train.Evaluation;
import org.bilateralbrain.train.PermanentFailureException;
import org.bilateralbrain.train.Training.EpochResult;
import org.bilateralbrain.train.Training.EpochTrainer;
import org.bilateralbrain.train.Training.ProgressListener;
import org.bilateralbrain.train.WorkerShare;
import org.jspecify.annotations.Nullable;

/**
 * Trains one network on several executors. In each round every worker starts from the same snapshot
 * and takes a few steps on its own batches; then the results are averaged. Workers compute their
 * batches from their executor's copy of the data set, so only weights and moments pass through the
 * driver.
 */
final class DataParallelEpochs implements EpochTrainer {

  /** Depth of the tree in which Spark sums the workers' results. */
  private static final int TREE_DEPTH = 2;

  private final JavaSparkContext spark;
  private final HemisphereJob job;
  private final TaskInputs inputs;
  private final Network network;
  private final ProgressListener listener;
  private final int workers;
  private final int rounds;
  private final int images;
  private final int stepsPerEpoch;

  DataParallelEpochs(
      JavaSparkContext spark,
      HemisphereJob job,
      TaskInputs inputs,
      Network network,
      ProgressListener listener) {
    this.spark = spark;
    this.job = job;
    this.inputs = inputs;
    this.network = network;
    this.listener = listener;
    workers = ((Parallelism.OfData) job.parallelism()).workers();
    WorkerShare share = new WorkerShare(job, inputs.dataSet(), 0);
    rounds = share.rounds();
    images = share.trainImages();
    stepsPerEpoch = share.stepsPerEpoch();
  }

  @Override
  public int trainImages() {
    return images;
  }

  @Override
  public EpochResult train(int epoch, Map<String, Double> validation) {
    long start = System.nanoTime();
    long firstStep = network.snapshot().step();
    Rounds<?> runner = new Rounds<>(inputs.engine().averaging().orElseThrow());
    double lossSum = 0;
    Map<Head, Double> correct = new EnumMap<>(Head.class);
    int done = 0;
    double seconds = 0;
    for (int round = 0; round < rounds; round++) {
      Total total = runner.run(epoch, round);
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("The training was interrupted");
      }
      lossSum += total.lossSum();
      total.correct().forEach((head, count) -> correct.merge(head, count, Double::sum));
      done += total.images();
      double loss = lossSum / done;
      if (!Double.isFinite(loss)) {
        throw PermanentFailureException.diverged("the loss is %s in".formatted(loss), epoch + 1);
      }
      seconds = (System.nanoTime() - start) / 1e9;
      Progress progress =
          new Progress(
              "epoch",
              epoch + 1,
              job.training().epochs(),
              done,
              images,
              loss,
              validation,
              done / seconds);
      listener.update(() -> progress);
    }
    int trained = done;
    correct.replaceAll((head, count) -> count / trained);
    double rate = job.training().rates(firstStep, stepsPerEpoch).learningRate();
    return new EpochResult(lossSum / done, Head.byLabel(correct), rate, images, seconds);
  }

  /** A round's totals over workers. */
  private record Total(double lossSum, Map<Head, Double> correct, int images) {}

  /**
   * A partial result of the tree: the engine's sum of snapshots, and sums over the workers' images.
   */
  private record Part<S>(
      @Nullable S snapshots, double lossSum, Map<Head, Double> correct, int images, int steps)
      implements Serializable {}

  private static Map<Head, Double> sum(Map<Head, Double> a, Map<Head, Double> b, double weight) {
    Map<Head, Double> sum = new EnumMap<>(Head.class);
    sum.putAll(a);
    b.forEach((head, value) -> sum.merge(head, weight * value, Double::sum));
    return sum;
  }

  /** Runs rounds with one engine's averaging; a class to name the type of its sums. */
  private final class Rounds<S> {
    private final Averaging<S> averaging;

    Rounds(Averaging<S> averaging) {
      this.averaging = averaging;
    }

    /**
     * Makes all workers take a round's steps and loads the average of their snapshots into the
     * network.
     */
    Total run(int epoch, int round) {
      Averaging<S> taskAveraging = averaging; // a copy, so that Spark doesn't serialise this object
      Snapshot like = network.snapshot();
      Broadcast<Snapshot> start = spark.broadcast(like);
      try {
        Computation computation = inputs.computation();
        Part<S> all =
            onWorkers(
                    share ->
                        share.train(computation.open(), start.value(), epoch, round).stream()
                            .iterator())
                .treeAggregate(
                    new Part<>(taskAveraging.emptySum(), 0, Map.of(), 0, 0),
                    (part, worker) ->
                        new Part<>(
                            taskAveraging.add(part.snapshots(), worker.end()),
                            part.lossSum() + worker.meanLoss() * worker.images(),
                            sum(part.correct(), worker.accuracies(), worker.images()),
                            part.images() + worker.images(),
                            Math.max(part.steps(), worker.steps())),
                    (part, other) ->
                        new Part<>(
                            taskAveraging.combine(part.snapshots(), other.snapshots()),
                            part.lossSum() + other.lossSum(),
                            sum(part.correct(), other.correct(), 1),
                            part.images() + other.images(),
                            Math.max(part.steps(), other.steps())),
                    TREE_DEPTH);
        Snapshot mean = averaging.mean(Objects.requireNonNull(all.snapshots()), like);
        network.restore(new Snapshot(mean.weights(), mean.optimiser(), like.step() + all.steps()));
        return new Total(all.lossSum(), all.correct(), all.images());
      } finally {
        start.destroy();
      }
    }
  }

  @Override
  public Iterable<Examples> examples(int epoch) {
    return new WorkerShare(job, inputs.dataSet(), 0).epoch(epoch);
  }

  @Override
  public Evaluation validate() {
    Computation computation = inputs.computation();
    return evaluate((share, weights) -> share.validate(computation.open(), weights));
  }

  @Override
  public Evaluation test() {
    Computation computation = inputs.computation();
    return evaluate((share, weights) -> share.test(computation.open(), weights));
  }

  private interface Evaluator extends Serializable {
    Evaluation of(WorkerShare share, Weights weights);
  }

  private Evaluation evaluate(Evaluator evaluator) {
    Broadcast<Weights> weights = spark.broadcast(network.weights());
    try {
      return onWorkers(share -> List.of(evaluator.of(share, weights.value())).iterator())
          .reduce(Evaluation::plus);
    } finally {
      weights.destroy();
    }
  }

  private interface Work<T> extends Serializable {
    Iterator<T> of(WorkerShare share) throws IOException;
  }

  /** One task per worker. */
  private <T> JavaRDD<T> onWorkers(Work<T> work) {
    HemisphereJob taskJob = job; // copies, so that Spark doesn't serialise this object
    TaskInputs taskInputs = inputs;
    return spark
        .parallelize(IntStream.range(0, workers).boxed().toList(), workers)
        .mapPartitionsWithIndex(
            (worker, nothing) -> {
              taskInputs.useResources(TaskContext.get());
              return work.of(new WorkerShare(taskJob, taskInputs.dataSet(), worker));
            },
            false);
  }
}
