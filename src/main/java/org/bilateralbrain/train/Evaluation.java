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
 * How often a network's answers are right, by head: the one place that compares predictions with
 * labels.
 *
 * @param heads fine before coarse
 */
public record Evaluation(Map<Head, TestResult.OfHead> heads) implements Serializable {

  private static final int FIRST = 5;

  /**
   * Of a network, or of an ensemble that predicts as one.
   *
   * @param classes of both kinds of label, whatever heads the network has
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

  /** Of the images of both; of the same network. */
  public Evaluation plus(Evaluation other) {
    Map<Head, TestResult.OfHead> sum = new EnumMap<>(Head.class);
    sum.putAll(heads);
    other.heads.forEach((head, result) -> sum.merge(head, result, TestResult.OfHead::plus));
    return new Evaluation(sum);
  }

  /** The share of right answers by the head's label; empty if there were no examples. */
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

  /** By the heads' labels, for files and reports. */
  public TestResult result() {
    return new TestResult(Head.byLabel(heads));
  }

  /** Of one head. */
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
        firstFive += rank < FIRST ? 1 : 0;
        byClass.add(labels[i], rank == 0);
        bySuperclass.add(superclasses[i], rank == 0);
      }
    }

    TestResult.OfHead result() {
      return new TestResult.OfHead(images, first, firstFive, byClass, bySuperclass);
    }
  }
}
