package org.bilateralbrain.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Networks;
import org.bilateralbrain.nn.Optimisation;
import org.bilateralbrain.nn.layers.NativeThreads;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Training steps per second of ResNet-9, several tasks at a time in one JVM, as a sweep in local mode runs them. */
final class TrainingBenchmark {

  static final int BATCH = 64;
  private static final int WARM_UP_STEPS = 6;

  private TrainingBenchmark() {}

  /** Images per second, summed over tasks that train at the same time. */
  static double imagesPerSecond(int width, int tasks, double seconds) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(tasks);
    List<Future<Double>> rates = new ArrayList<>();
    for (int task = 0; task < tasks; task++) {
      Callable<Double> training = () -> train(width, seconds);
      rates.add(pool.submit(training));
    }
    pool.shutdown();
    double sum = 0;
    for (Future<Double> rate : rates) {
      sum += rate.get();
    }
    return sum;
  }

  private static double train(int width, double seconds) {
    NativeThreads.use(1);
    ComputationGraph network =
        Networks.unilateral(
            new Networks.ImageShape(32, 32, 3),
            new HemisphereShape(Backbone.RESNET9, width),
            Map.of(Head.FINE, 100),
            new Optimisation(1e-4, 1e-5, 0.6),
            0);
    INDArray images = Nd4j.randn(DataType.FLOAT, BATCH, 32, 32, 3);
    INDArray labels = Nd4j.zeros(DataType.FLOAT, BATCH, 100);
    for (int i = 0; i < BATCH; i++) {
      labels.putScalar(i, i % 100, 1);
    }
    for (int i = 0; i < WARM_UP_STEPS; i++) {
      network.fit(new INDArray[] {images}, new INDArray[] {labels});
    }
    long start = System.nanoTime();
    long end = start + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    int steps = 0;
    while (System.nanoTime() < end) {
      network.fit(new INDArray[] {images}, new INDArray[] {labels});
      steps++;
    }
    return steps * BATCH / ((System.nanoTime() - start) / 1e9);
  }

  public static void main(String[] args) throws Exception {
    int width = Integer.parseInt(args[0]);
    int tasks = Integer.parseInt(args[1]);
    double seconds = Double.parseDouble(args[2]);
    System.out.println(width + " " + tasks + " " + imagesPerSecond(width, tasks, seconds));
  }
}
