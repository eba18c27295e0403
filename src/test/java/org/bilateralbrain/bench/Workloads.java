package org.bilateralbrain.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.bilateralbrain.data.Batch;
import org.bilateralbrain.data.Batches;
import org.bilateralbrain.data.ChannelStatistics;
import org.bilateralbrain.data.Images;
import org.bilateralbrain.data.Normalisation;
import org.bilateralbrain.data.Subset;
import org.bilateralbrain.data.SyntheticDataSet;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Networks;
import org.bilateralbrain.nn.Networks.ImageShape;
import org.bilateralbrain.nn.layers.NativeThreads;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The work that is timed: what a sweep's tasks do, several at a time in one JVM, with one thread
 * each.
 */
final class Workloads {

  static final int BATCH = 64;
  private static final int WARM_UP_STEPS = 8;
  private static final ImageShape IMAGES = new ImageShape(32, 32, 3);
  private static final Hyperparameters OPTIMISATION = new Hyperparameters(1e-4, 1e-5, 0.6);

  private Workloads() {}

  static Supplier<ComputationGraph> ours(int width) {
    return () ->
        Networks.unilateral(
            IMAGES,
            new HemisphereShape(Backbone.RESNET9, width),
            Map.of(Head.FINE, 100),
            OPTIMISATION,
            0);
  }

  /** Training images per second, summed over tasks. */
  static double training(Supplier<ComputationGraph> network, int tasks, double seconds)
      throws Exception {
    return sumOverTasks(
        tasks,
        () -> {
          ComputationGraph graph = network.get();
          INDArray[] images = {images()};
          INDArray[] labels = {labels(BATCH, 100)};
          return BATCH * perSecond(() -> graph.fit(images, labels), seconds);
        });
  }

  /** Images per second whose features are computed, summed over tasks. */
  static double features(int width, int tasks, double seconds) throws Exception {
    return sumOverTasks(
        tasks,
        () -> {
          ComputationGraph graph =
              Networks.features(
                  IMAGES, new HemisphereShape(Backbone.RESNET9, width), ours(width).get());
          INDArray images = images();
          return BATCH * perSecond(() -> graph.outputSingle(images), seconds);
        });
  }

  /** One epoch of both heads on 10,000 vectors of 1,024 features, batches of 256. */
  static double headEpochSeconds() {
    NativeThreads.use(1);
    Map<Head, Integer> classes = new EnumMap<>(Map.of(Head.FINE, 100, Head.COARSE, 20));
    ComputationGraph heads = Networks.heads(1024, classes, OPTIMISATION, 0);
    int batch = 256;
    int steps = (10_000 + batch - 1) / batch;
    INDArray[] features = {Nd4j.rand(DataType.FLOAT, batch, 1024)};
    INDArray[] labels = {labels(batch, 100), labels(batch, 20)};
    return steps / perSecond(() -> heads.fit(features, labels), 3);
  }

  /** The share of a training step that making its batch takes. */
  static double inputShare(int width, double seconds) throws Exception {
    Images images =
        SyntheticDataSet.generate(new SyntheticDataSet.Settings(0, 2000, 100, 20, 5)).train();
    Batches batches =
        new Batches(Subset.all(images), new Normalisation(ChannelStatistics.of(images)), BATCH);
    int[] epoch = {0};
    double epochsPerSecond =
        perSecond(
            () -> {
              for (Batch batch : batches.epoch(0, epoch[0]++)) {
                Nd4j.createFromArray(batch.pixels());
              }
            },
            1);
    return training(ours(width), 1, seconds) / (epochsPerSecond * images.count());
  }

  private interface Task {
    double run();
  }

  private static double sumOverTasks(int tasks, Task task) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(tasks);
    List<Future<Double>> rates = new ArrayList<>();
    for (int i = 0; i < tasks; i++) {
      rates.add(
          pool.submit(
              () -> {
                NativeThreads.use(1);
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
    for (int i = 0; i < WARM_UP_STEPS; i++) {
      step.run();
    }
    long start = System.nanoTime();
    long end = start + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    int steps = 0;
    while (System.nanoTime() < end) {
      step.run();
      steps++;
    }
    return steps / ((System.nanoTime() - start) / 1e9);
  }

  private static INDArray images() {
    return Nd4j.randn(DataType.FLOAT, BATCH, 32, 32, 3);
  }

  private static INDArray labels(int count, int classes) {
    INDArray labels = Nd4j.zeros(DataType.FLOAT, count, classes);
    for (int i = 0; i < count; i++) {
      labels.putScalar(i, i % classes, 1);
    }
    return labels;
  }
}
