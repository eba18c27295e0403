package org.bilateralbrain.train;

import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.bilateralbrain.config.Parallelism;
import org.bilateralbrain.data.Batches;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.Seeds;
import org.bilateralbrain.grid.HemisphereJob;
import org.bilateralbrain.nn.Engine;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.Network.Snapshot;
import org.bilateralbrain.nn.Weights;

/**
 * One worker's share of a hemisphere's data-parallel training. An epoch's batches are dealt to the
 * workers in turn. Each round consists of {@code averagingFrequency} steps per worker, after which
 * the results are averaged.
 */
public final class WorkerShare {

  /**
   * This process's idle networks by job id, kept between an epoch's rounds because creating one
   * takes longer than a round.
   */
  private static final Map<String, Queue<Network>> IDLE = new ConcurrentHashMap<>();

  private final HemisphereJob job;
  private final JobData data;
  private final Parallelism.OfData parallelism;
  private final int worker;

  /**
   * @param worker from 0
   * @throws org.bilateralbrain.data.DataException if the data set is not the one that the job was
   *     planned for
   */
  public WorkerShare(HemisphereJob job, DataSet dataSet, int worker) {
    this.job = job;
    this.data = JobData.of(job.data(), dataSet);
    this.parallelism = (Parallelism.OfData) job.parallelism();
    this.worker = worker;
  }

  /** The number of rounds per epoch. */
  public int rounds() {
    int perRound = parallelism.workers() * parallelism.averagingFrequency();
    return (train().count() + perRound - 1) / perRound;
  }

  /** The number of steps per epoch that the first worker takes, which nobody exceeds. */
  public int stepsPerEpoch() {
    return (train().count() + parallelism.workers() - 1) / parallelism.workers();
  }

  /** The number of training images per epoch, over all workers. */
  public int trainImages() {
    return data.trainImages();
  }

  /**
   * Takes this worker's steps of one round.
   *
   * @param start the averaged snapshot from which all workers start
   * @param epoch from 0
   * @param round of the epoch, from 0
   * @return the result; empty if no batches are left for this worker
   */
  public Optional<Round> train(Engine engine, Snapshot start, int epoch, int round) {
    Batches train = train();
    int first = round * parallelism.workers() * parallelism.averagingFrequency() + worker;
    int[] own =
        IntStream.range(0, parallelism.averagingFrequency())
            .map(step -> first + step * parallelism.workers())
            .filter(index -> index < train.count())
            .toArray();
    boolean isLast = round + 1 == rounds();
    if (own.length == 0) {
      if (isLast) {
        IDLE.remove(job.id());
      }
      return Optional.empty();
    }
    Network network = kept(engine);
    try {
      network.restore(start);
      network.startEpoch(
          Seeds.derive(
              Seeds.derive(job.streams().dropout(), "dropout", epoch), "worker " + worker, round));
      int images = 0;
      long step = start.step();
      for (int index : own) {
        Examples.OfImages batch = new Examples.OfImages(train.single(job.streams(), epoch, index));
        network.step(batch, job.training().rates(step++, stepsPerEpoch()));
        images += batch.count();
      }
      return Optional.of(
          new Round(
              network.snapshot(),
              network.meanLoss(),
              network.trainingAccuracies(),
              images,
              own.length));
    } finally {
      if (isLast) {
        network.close();
        IDLE.remove(job.id());
      } else {
        keep(network);
      }
    }
  }

  /**
   * A worker's result of a round.
   *
   * @param meanLoss over the worker's images
   * @param accuracies likewise
   * @param images number of images trained on
   * @param steps number of steps taken
   */
  public record Round(
      Snapshot end, double meanLoss, Map<Head, Double> accuracies, int images, int steps)
      implements Serializable {}

  /** An epoch's images in batches, by all workers. */
  public Iterable<Examples> epoch(int epoch) {
    return JobData.examples(train().epoch(job.streams(), epoch));
  }

  /** Evaluates a network on the worker's share of the validation images. */
  public Evaluation validate(Engine engine, Weights weights) {
    return evaluate(engine, weights, data.validation(job.training().batchSize()));
  }

  /** Evaluates a network on the worker's share of the test images. */
  public Evaluation test(Engine engine, Weights weights) {
    return evaluate(engine, weights, data.test(job.training().batchSize()));
  }

  private Evaluation evaluate(Engine engine, Weights weights, Iterable<Examples> all) {
    try (Network network = engine.create(job.architecture(), Hyperparameters.NONE, weights)) {
      Evaluation.Tally tally = new Evaluation.Tally(job.heads(), data.hierarchy());
      int index = 0;
      int position = 0;
      for (Examples batch : all) {
        if (index++ % parallelism.workers() == worker) {
          tally.add(network.predict(batch), batch, position);
        }
        position += batch.count();
      }
      return tally.result();
    }
  }

  private Network kept(Engine engine) {
    IDLE.keySet().retainAll(Set.of(job.id())); // what an aborted job has left
    Queue<Network> idle = IDLE.computeIfAbsent(job.id(), id -> new ConcurrentLinkedQueue<>());
    Network network = idle.poll();
    return network == null
        ? engine.create(job.training().tuned(job.architecture()), job.training().hyperparameters())
        : network;
  }

  private void keep(Network network) {
    IDLE.computeIfAbsent(job.id(), id -> new ConcurrentLinkedQueue<>()).add(network);
  }

  private Batches train() {
    return data.training(job.training().augmentation(), job.training().batchSize());
  }
}
