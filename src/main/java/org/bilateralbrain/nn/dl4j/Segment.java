package org.bilateralbrain.nn.dl4j;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Layer;
import org.bilateralbrain.nn.Parameter;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A part of a graph's flat parameter vector that an optimiser treats alike. Frozen parameters are
 * in none.
 *
 * @param start position of its first value in the flat vectors of parameters and gradients
 * @param learnedStart how many values that learn precede it
 */
record Segment(Role role, double weightDecay, long start, long learnedStart, long count) {

  enum Role {
    /** Changed by its gradient. */
    LEARNED,
    /** Running statistics: what stands for their gradient is the old value minus the new one. */
    FOLLOWING
  }

  /** The segments of a graph, as long as possible, in the order of the flat vector. */
  static List<Segment> of(
      ParameterTensors tensors, Architecture architecture, Hyperparameters hyperparameters) {
    Set<Parameter> frozen = new HashSet<>();
    architecture.layers().stream()
        .filter(Layer::isFrozen)
        .forEach(layer -> frozen.addAll(layer.parameters()));
    List<Segment> ofParameters = new ArrayList<>();
    tensors
        .arrays()
        .forEach(
            (parameter, array) -> {
              if (!frozen.contains(parameter)) {
                ofParameters.add(of(parameter, array, hyperparameters));
              }
            });
    ofParameters.sort(Comparator.comparingLong(Segment::start));
    return joined(ofParameters);
  }

  private static Segment of(Parameter parameter, INDArray array, Hyperparameters hyperparameters) {
    boolean learned = parameter.kind().isTrained();
    return new Segment(
        learned ? Role.LEARNED : Role.FOLLOWING,
        learned ? hyperparameters.weightDecayOf(parameter) : 0,
        array.offset(),
        0,
        parameter.count());
  }

  private static List<Segment> joined(List<Segment> ofParameters) {
    List<Segment> joined = new ArrayList<>();
    long learned = 0;
    for (Segment each : ofParameters) {
      int last = joined.size() - 1;
      if (last >= 0 && joined.get(last).continuesIn(each)) {
        joined.set(last, joined.get(last).extendedBy(each.count));
      } else {
        joined.add(new Segment(each.role, each.weightDecay, each.start, learned, each.count));
      }
      learned += each.isLearned() ? each.count : 0;
    }
    return List.copyOf(joined);
  }

  private boolean continuesIn(Segment next) {
    return role == next.role && weightDecay == next.weightDecay && start + count == next.start;
  }

  private Segment extendedBy(long values) {
    return new Segment(role, weightDecay, start, learnedStart, count + values);
  }

  boolean isLearned() {
    return role == Role.LEARNED;
  }

  /** The number of values that learn. */
  static long learned(List<Segment> segments) {
    return segments.stream().filter(Segment::isLearned).mapToLong(Segment::count).sum();
  }

  /** Its part of a graph's flat vector. */
  INDArray of(INDArray flat) {
    return part(flat, start, count);
  }

  /**
   * Its part of a vector of one value per value that learns.
   *
   * @throws IllegalStateException if it doesn't learn
   */
  INDArray ofLearned(INDArray vector) {
    if (!isLearned()) {
      throw new IllegalStateException("Running statistics aren't among what learns");
    }
    return part(vector, learnedStart, count);
  }

  /** A view. */
  static INDArray part(INDArray vector, long start, long count) {
    return vector.reshape(vector.length()).get(NDArrayIndex.interval(start, start + count));
  }
}
