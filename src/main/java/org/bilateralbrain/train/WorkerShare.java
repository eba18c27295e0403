package org.bilateralbrain.train;

import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.bilateralbrain.config.Parallelism;
import org.bilateralbrain.data.Batch;
import org.bilateralbrain.data.Batches;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.Seeds;
import org.bilateralbrain.data.Subset;
import org.bilateralbrain.grid.HemisphereJob;
import org.bilateralbrain.nn.Head;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What one of several workers does of a hemisphere's training. An epoch's batches are dealt out in
 * rounds; in each round every worker takes as many steps as lie between two averagings, one worker
 * every first batch, the next every second.
 */
public final class WorkerShare {

  /** A part of the images that networks are tried on. */
  public enum Part {
    VALIDATION,
    TEST
  }

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

  /** How many rounds an epoch has. */
  public int rounds() {
    int perRound = parallelism.workers() * parallelism.averagingFrequency();
    return (train().count() + perRound - 1) / perRound;
  }

  public int trainImages() {
    return data.trainImages();
  }

  /** The worker's batches of one round; also seeds this thread's random numbers, for dropout. */
  public Iterator<org.nd4j.linalg.dataset.api.MultiDataSet> batches(int epoch, int round) {
    Nd4j.getRandom()
        .setSeed(
            Seeds.derive(Seeds.derive(job.seed(), "dropout", epoch), "worker " + worker, round));
    Batches train = train();
    int first = round * parallelism.workers() * parallelism.averagingFrequency() + worker;
    return IntStream.range(0, parallelism.averagingFrequency())
        .map(step -> first + step * parallelism.workers())
        .filter(index -> index < train.count())
        .<org.nd4j.linalg.dataset.api.MultiDataSet>mapToObj(
            index -> examples(train.single(job.seed(), epoch, index)))
        .iterator();
  }

  private MultiDataSet examples(Batch batch) {
    MiniBatch examples = MiniBatch.ofImages(batch);
    INDArray[] labels =
        job.heads().stream()
            .map(head -> examples.oneHot(head, data.classes().get(head)))
            .toArray(INDArray[]::new);
    return new MultiDataSet(new INDArray[] {examples.input()}, labels);
  }

  /**
   * Tries a network on the worker's part of the images.
   *
   * @return for each head how many were right, then how many images there were
   */
  public int[] right(ComputationGraph network, Part part) {
    Subset subset =
        part == Part.VALIDATION ? data.partition().validation() : data.partition().test();
    List<Head> heads = job.heads();
    int[] counts = new int[heads.size() + 1];
    int index = 0;
    for (Batch batch : data.batches(subset, job.training().batchSize()).plain()) {
      if (index++ % parallelism.workers() == worker) {
        MiniBatch examples = MiniBatch.ofImages(batch);
        INDArray[] predictions = network.output(false, examples.input());
        for (int i = 0; i < heads.size(); i++) {
          counts[i] += Accuracy.countRight(predictions[i], examples.labels(heads.get(i)));
        }
        counts[heads.size()] += examples.count();
      }
    }
    return counts;
  }

  private Batches train() {
    return data.batches(data.partition().train(), job.training().batchSize());
  }
}
