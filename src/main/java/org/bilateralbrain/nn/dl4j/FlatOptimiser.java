package org.bilateralbrain.nn.dl4j;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Optimiser;
import org.bilateralbrain.nn.Rates;
import org.bilateralbrain.nn.dl4j.OptimiserForm.Step;
import org.bilateralbrain.nn.dl4j.OptimiserForm.Vectors;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Changes a graph's flat parameter vector by the gradients that DL4J has computed, in place of
 * DL4J's updaters: those have neither PyTorch's Adam nor its momentum, AdamW or the norm of the
 * whole gradient, and take long to change their learning rate. Also keeps the moving average of the
 * parameters.
 */
final class FlatOptimiser {

  private final Hyperparameters hyperparameters;
  private final Vectors vectors;
  private final OptimiserForm form;
  private int stepsTaken;

  /**
   * @param parameters flat
   * @param gradients flat, summed over a batch
   */
  FlatOptimiser(
      Hyperparameters hyperparameters,
      List<Segment> segments,
      INDArray parameters,
      INDArray gradients) {
    this.hyperparameters = hyperparameters;
    long learned = Segment.learned(segments);
    DataType dataType = parameters.dataType();
    vectors =
        new Vectors(
            segments,
            parameters,
            gradients,
            IntStream.range(0, vectorsOf(hyperparameters.optimiser()))
                .mapToObj(i -> zeros(dataType, learned))
                .toList(),
            hyperparameters.averages() ? Optional.of(zeros(dataType, learned)) : Optional.empty());
    form = OptimiserForm.bestFor(dataType, vectors);
  }

  private static int vectorsOf(Optimiser optimiser) {
    if (optimiser instanceof Optimiser.Sgd sgd) {
      return sgd.momentum() > 0 ? 1 : 0;
    }
    return 2;
  }

  @SuppressWarnings("try") // the resource is only a scope
  private static INDArray zeros(DataType dataType, long count) {
    try (MemoryWorkspace none = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      return Nd4j.zeros(dataType, count);
    }
  }

  /**
   * @param batch number of examples whose gradients have been summed up
   */
  void step(int batch, Rates rates) {
    stepsTaken++;
    form.take(
        new Step(
            hyperparameters.optimiser(),
            rates,
            batch,
            clipping(batch),
            stepsTaken,
            hyperparameters.averageDecay()));
  }

  /** As {@code torch.nn.utils.clip_grad_norm_}. */
  private double clipping(int batch) {
    return hyperparameters.clips()
        ? Math.min(1, hyperparameters.clipNorm() / (form.gradientNorm() / batch + 1e-6))
        : 1;
  }

  /**
   * Sets the parameters to their average.
   *
   * @throws IllegalStateException if none is kept
   */
  void loadAverage() {
    INDArray mean =
        vectors
            .average()
            .orElseThrow(
                () -> new IllegalStateException("The network keeps no average of its parameters"));
    for (Segment segment : vectors.segments()) {
      if (segment.isLearned()) {
        segment.of(vectors.parameters()).assign(segment.ofLearned(mean));
      }
    }
  }

  int stepsTaken() {
    return stepsTaken;
  }

  private List<INDArray> kept() {
    return Stream.concat(vectors.state().stream(), vectors.average().stream()).toList();
  }

  /** The optimiser's vectors, and the average if there is one, one after the other. */
  float[] moments() {
    int count = Math.toIntExact(Segment.learned(vectors.segments()));
    List<INDArray> kept = kept();
    float[] moments = new float[Math.multiplyExact(kept.size(), count)];
    for (int i = 0; i < kept.size(); i++) {
      System.arraycopy(ParameterTensors.values(kept.get(i)), 0, moments, i * count, count);
    }
    return moments;
  }

  void restore(float[] moments, int step) {
    int count = Math.toIntExact(Segment.learned(vectors.segments()));
    List<INDArray> kept = kept();
    if (moments.length != kept.size() * count) {
      throw new IllegalArgumentException(
          "The optimiser has %s moments, the snapshot %s"
              .formatted(kept.size() * count, moments.length));
    }
    INDArray all = kept.isEmpty() ? Nd4j.empty() : Nd4j.createFromArray(moments);
    for (int i = 0; i < kept.size(); i++) {
      kept.get(i).assign(Segment.part(all, (long) i * count, count));
    }
    stepsTaken = step;
  }
}
