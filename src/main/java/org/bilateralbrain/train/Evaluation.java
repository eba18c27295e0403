package org.bilateralbrain.train;

import java.io.Serializable;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Prediction;
import org.bilateralbrain.store.TestResult;

/**
 * How many of a network's predictions are correct, per head. The only place that compares
 * predictions with labels.
 *
 * @param heads results by head, fine before coarse
 */
public record Evaluation(Map<Head, TestResult.OfHead> heads) implements Serializable {

  /** Of the top-5 accuracy. */
  private static final int TOP_RANKS = 5;

  /**
   * Evaluates a network or an ensemble.
   *
   * @param network predicts for one batch
   * @param heads those of the network
   * @param classes number of classes per kind of label, also of kinds without a head
   */
  static Evaluation of(
      Function<Examples, Prediction> network,
      List<Head> heads,
      Map<Head, Integer> classes,
      Iterable<Examples> examples) {
    Map<Head, Count> counts = new EnumMap<>(Head.class);
    heads.forEach(
        head -> counts.put(head, new Count(count(classes, head), count(classes, Head.COARSE))));
    for (Examples batch : examples) {
      Prediction prediction = network.apply(batch);
      counts.forEach((head, count) -> count.add(prediction, head, batch));
    }
    Map<Head, TestResult.OfHead> results = new EnumMap<>(Head.class);
    counts.forEach((head, count) -> results.put(head, count.result()));
    return new Evaluation(results);
  }

  private static int count(Map<Head, Integer> classes, Head head) {
    return Objects.requireNonNull(classes.get(head));
  }

  /** The evaluation of one network on this one's and the other's images together. */
  public Evaluation plus(Evaluation other) {
    Map<Head, TestResult.OfHead> sum = new EnumMap<>(Head.class);
    sum.putAll(heads);
    other.heads.forEach((head, result) -> sum.merge(head, result, TestResult.OfHead::plus));
    return new Evaluation(sum);
  }

  /** Accuracies in [0, 1] by head label; empty if there were no examples. */
  public Map<String, Double> accuracies() {
    Map<String, Double> accuracies = new LinkedHashMap<>();
    heads.forEach(
        (head, result) -> {
          if (result.images() > 0) {
            accuracies.put(head.label(), result.top1());
          }
        });
    return accuracies;
  }

  /** The same keyed by head label, for files and reports. */
  public TestResult result() {
    return new TestResult(Head.byLabel(heads));
  }

  /** The counts of one head. */
  private static final class Count {
    private final TestResult.Counts byClass;
    private final TestResult.Counts bySuperclass;
    private int images;
    private int first;
    private int firstFive;

    Count(int classes, int superclasses) {
      byClass = TestResult.Counts.ofClasses(classes);
      bySuperclass = TestResult.Counts.ofClasses(superclasses);
    }

    void add(Prediction prediction, Head head, Examples examples) {
      int[] labels = examples.labels(head);
      int[] superclasses = examples.coarse();
      for (int i = 0; i < labels.length; i++) {
        int rank = prediction.rank(head, i, labels[i]);
        images++;
        first += rank == 0 ? 1 : 0;
        firstFive += rank < TOP_RANKS ? 1 : 0;
        byClass.add(labels[i], rank == 0);
        bySuperclass.add(superclasses[i], rank == 0);
      }
    }

    TestResult.OfHead result() {
      return new TestResult.OfHead(images, first, firstFive, byClass, bySuperclass);
    }
  }
}
