package org.bilateralbrain.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bilateralbrain.data.Batch;
import org.bilateralbrain.data.Batches;
import org.bilateralbrain.data.ChannelStatistics;
import org.bilateralbrain.data.ImageShape;
import org.bilateralbrain.data.Images;
import org.bilateralbrain.data.Normalisation;
import org.bilateralbrain.data.Subset;
import org.bilateralbrain.data.SyntheticDataSet;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.Engine;
import org.bilateralbrain.nn.Engine.Gpu;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Initialisation;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.Optimiser;
import org.bilateralbrain.nn.Rates;
import org.bilateralbrain.nn.Shape;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The work that is timed: what a sweep's tasks do, several at a time in one JVM, with one thread
 * each.
 *
 * @param gpu that all tasks share; empty for the CPU
 */
record Workloads(Engine engine, Optional<Gpu> gpu) {

  static final int BATCH = 64;

  /** Until Java's compiler is done with the methods around the operators. */
  private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(3);

  private static final Rates RATES = new Rates(1e-4, Optimiser.Adam.BETA1);
  private static final Hyperparameters HYPERPARAMETERS = Hyperparameters.adam(1e-5, 0.6);

  /** Training images per second, summed over tasks. */
  double training(int width, int tasks, double seconds) throws Exception {
    return sumOverTasks(
        tasks,
        () -> {
          try (Network network = resnet9(width)) {
            Examples images = images();
            return BATCH * perSecond(() -> network.step(images, RATES), network::meanLoss, seconds);
          }
        });
  }

  /** The same of a network of DL4J's own layers. */
  double stockTraining(int width, int tasks, double seconds) throws Exception {
    return sumOverTasks(
        tasks,
        () -> {
          ComputationGraph graph = StockResNet9.of(width).get();
          INDArray[] images = {Nd4j.randn(DataType.FLOAT, BATCH, 32, 32, 3)};
          INDArray labels = Nd4j.zeros(DataType.FLOAT, BATCH, 100);
          for (int i = 0; i < BATCH; i++) {
            labels.putScalar(i, i, 1);
          }
          INDArray[] ofBatch = {labels};
          return BATCH * perSecond(() -> graph.fit(images, ofBatch), seconds);
        });
  }

  /** Images per second whose features are computed, summed over tasks. */
  double features(int width, int tasks, double seconds) throws Exception {
    return sumOverTasks(
        tasks,
        () -> {
          try (Network network = resnet9(width)) {
            Examples images = images();
            return BATCH * perSecond(() -> network.predict(images), seconds);
          }
        });
  }

  /** One epoch of both heads on 10,000 vectors of 1,024 features, batches of 256. */
  double headEpochSeconds() {
    engine.bind(gpu, 1);
    Map<Head, Integer> classes = Map.of(Head.FINE, 100, Head.COARSE, 20);
    int batch = 256;
    int steps = (10_000 + batch - 1) / batch;
    try (Network heads = network(Architecture.heads(1024, classes))) {
      Examples features = examples(batch, 1024);
      return steps / perSecond(() -> heads.step(features, RATES), heads::meanLoss, 3);
    }
  }

  private Network resnet9(int width) {
    return network(
        Architecture.unilateral(
            new Shape(32, 32, 3),
            new HemisphereShape(Backbone.RESNET9, width),
            Map.of(Head.FINE, 100)));
  }

  private Network network(Architecture architecture) {
    Network network = engine.create(architecture, HYPERPARAMETERS);
    network.load(Initialisation.draw(architecture, 0));
    network.startEpoch(0);
    return network;
  }

  private static Examples images() {
    return examples(BATCH, ImageShape.CIFAR.bytes());
  }

  private static Examples examples(int count, int width) {
    Random random = new Random(0);
    float[] values = new float[count * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    int[] fine = IntStream.range(0, count).map(i -> i % 100).toArray();
    int[] coarse = IntStream.range(0, count).map(i -> i % 20).toArray();
    return new Examples.OfValues(values, fine, coarse);
  }

  /**
   * The share of a training step that is neither a matrix product nor a pass over activations, at
   * most: making a batch of pixels, and a step of a single image through a network of width 1,
   * whose operators have next to nothing to do.
   */
  double overheadShare(int width, double seconds) throws Exception {
    Images images =
        SyntheticDataSet.generate(new SyntheticDataSet.Settings(0, 2000, 100, 20, 5)).train();
    Batches batches =
        new Batches(Subset.all(images), new Normalisation(ChannelStatistics.of(images)), BATCH);
    Batch batch = batches.plain().iterator().next();
    double step = BATCH / training(width, 1, seconds);
    double pixels = 1 / perSecond(batch::pixels, seconds / 4);
    return (pixels + emptyStepSeconds(seconds / 4)) / step;
  }

  private double emptyStepSeconds(double seconds) throws Exception {
    return 1
        / sumOverTasks(
            1,
            () -> {
              try (Network network = resnet9(1)) {
                Examples image = examples(1, ImageShape.CIFAR.bytes());
                return perSecond(() -> network.step(image, RATES), network::meanLoss, seconds);
              }
            });
  }

  private interface Task {
    double run();
  }

  private double sumOverTasks(int tasks, Task task) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(tasks);
    List<Future<Double>> rates = new ArrayList<>();
    for (int i = 0; i < tasks; i++) {
      rates.add(
          pool.submit(
              () -> {
                engine.bind(gpu, 1);
                return task.run();
              }));
    }
    pool.shutdown();
    double sum = 0;
    for (Future<Double> rate : rates) {
      sum += rate.get();
    }
    return sum;
  }

  private static double perSecond(Runnable step, double seconds) {
    return perSecond(step, () -> {}, seconds);
  }

  /**
   * @param end waits until all steps are done, which a GPU does later than they are called
   */
  private static double perSecond(Runnable step, Runnable end, double seconds) {
    long warm = System.nanoTime() + WARM_UP_NANOS;
    do {
      step.run();
    } while (System.nanoTime() < warm);
    end.run();
    long start = System.nanoTime();
    long limit = start + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    int steps = 0;
    while (System.nanoTime() < limit) {
      step.run();
      steps++;
    }
    end.run();
    return steps / ((System.nanoTime() - start) / 1e9);
  }
}
