package org.bilateralbrain.train;

import java.io.Serializable;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.bilateralbrain.data.Hierarchy;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Prediction;
import org.bilateralbrain.store.Calibration;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.TestResult;
import org.jspecify.annotations.Nullable;

/**
 * How well a network's predictions agree with the labels, per head. The only place that compares
 * them.
 *
 * @param heads results by head, fine before coarse
 * @param consistent see {@link TestResult}
 */
public record Evaluation(Map<Head, TestResult.OfHead> heads, int consistent)
    implements Serializable {

  /** Of the top-5 accuracy. */
  private static final int TOP_RANKS = 5;

  /**
   * Evaluates a network or an ensemble.
   *
   * @param network predicts for one batch
   * @param heads those of the network
   */
  static Evaluation of(
      Function<Examples, Prediction> network,
      List<Head> heads,
      Hierarchy hierarchy,
      Iterable<Examples> examples) {
    Tally tally = new Tally(heads, hierarchy);
    int position = 0;
    for (Examples batch : examples) {
      tally.add(network.apply(batch), batch, position);
      position += batch.count();
    }
    return tally.result();
  }

  /** The evaluation of one network on this one's and the other's images together. */
  public Evaluation plus(Evaluation other) {
    Map<Head, TestResult.OfHead> sum = new EnumMap<>(Head.class);
    sum.putAll(heads);
    other.heads.forEach((head, result) -> sum.merge(head, result, TestResult.OfHead::plus));
    return new Evaluation(sum, consistent + other.consistent);
  }

  /** Accuracies in [0, 1] by head label; empty if there were no examples. */
  public Map<String, Double> accuracies() {
    return byHead(TestResult.OfHead::top1);
  }

  /** Mean cross-entropies by head label; empty if there were no examples. */
  Map<String, Double> losses() {
    return byHead(TestResult.OfHead::loss);
  }

  private Map<String, Double> byHead(Function<TestResult.OfHead, Double> value) {
    Map<String, Double> values = new LinkedHashMap<>();
    heads.forEach(
        (head, result) -> {
          if (result.images() > 0) {
            values.put(head.label(), value.apply(result));
          }
        });
    return values;
  }

  /**
   * What {@code metrics.json} says of each head, if this is the evaluation on the test images.
   *
   * @param validation accuracies by head label; empty if nothing is held out
   */
  Map<String, Metrics.Accuracy> metrics(Map<String, Double> validation) {
    Map<String, Metrics.Accuracy> metrics = new LinkedHashMap<>();
    heads.forEach(
        (head, result) ->
            metrics.put(head.label(), Metrics.Accuracy.of(validation.get(head.label()), result)));
    return metrics;
  }

  /** The share of consistent answers; null unless there are both heads. */
  @Nullable Double consistency() {
    OptionalDouble share = result().consistency();
    return share.isPresent() ? share.getAsDouble() : null;
  }

  /** The same keyed by head label, for files and reports. */
  public TestResult result() {
    return new TestResult(Head.byLabel(heads), consistent);
  }

  /** Sums over batches. */
  static final class Tally {
    private final Hierarchy hierarchy;
    private final Map<Head, Count> counts = new EnumMap<>(Head.class);
    private int consistent;

    Tally(List<Head> heads, Hierarchy hierarchy) {
      this.hierarchy = hierarchy;
      heads.forEach(
          head ->
              counts.put(
                  head,
                  new Count(
                      head == Head.FINE ? hierarchy.fineClasses() : hierarchy.coarseClasses(),
                      hierarchy.coarseClasses())));
    }

    /**
     * @param position of the batch's first image among those evaluated
     */
    void add(Prediction prediction, Examples batch, int position) {
      counts.forEach((head, count) -> count.add(prediction, head, batch, position));
      if (counts.size() == Head.BOTH.size()) {
        int[] fine = prediction.classes(Head.FINE);
        int[] coarse = prediction.classes(Head.COARSE);
        for (int i = 0; i < fine.length; i++) {
          consistent += hierarchy.coarseOfFine().get(fine[i]) == coarse[i] ? 1 : 0;
        }
      }
    }

    Evaluation result() {
      Map<Head, TestResult.OfHead> results = new EnumMap<>(Head.class);
      counts.forEach((head, count) -> results.put(head, count.result()));
      return new Evaluation(results, consistent);
    }
  }

  /** The counts of one head. */
  private static final class Count {
    private final TestResult.Counts byClass;
    private final TestResult.Counts bySuperclass;
    private final Calibration calibration = Calibration.empty();
    private final BitSet correct = new BitSet();
    private int images;
    private int first;
    private int firstFive;
    private double lossSum;

    Count(int classes, int superclasses) {
      byClass = TestResult.Counts.ofClasses(classes);
      bySuperclass = TestResult.Counts.ofClasses(superclasses);
    }

    void add(Prediction prediction, Head head, Examples examples, int position) {
      int[] labels = examples.labels(head);
      int[] superclasses = examples.coarse();
      float[] probabilities = prediction.probabilities(head);
      for (int i = 0; i < labels.length; i++) {
        int rank = prediction.rank(head, i, labels[i]);
        boolean isRight = rank == 0;
        images++;
        first += isRight ? 1 : 0;
        firstFive += rank < TOP_RANKS ? 1 : 0;
        lossSum += prediction.crossEntropy(head, i, labels[i]);
        calibration.add(probabilities[i], isRight);
        correct.set(position + i, isRight);
        byClass.add(labels[i], isRight);
        bySuperclass.add(superclasses[i], isRight);
      }
    }

    TestResult.OfHead result() {
      return new TestResult.OfHead(
          images, first, firstFive, lossSum, calibration, correct, byClass, bySuperclass);
    }
  }
}
