package org.bilateralbrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.assertj.core.util.DoubleComparator;
import org.bilateralbrain.data.Hierarchy;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Prediction;
import org.bilateralbrain.store.Calibration;
import org.bilateralbrain.store.TestResult;
import org.junit.jupiter.api.Test;

/** Against a slow version that sorts the classes of each example. */
class EvaluationTest {

  private static final Map<Head, Integer> CLASSES = Map.of(Head.FINE, 12, Head.COARSE, 4);
  private static final Hierarchy HIERARCHY =
      new Hierarchy(
          Collections.nCopies(12, "fine"),
          Collections.nCopies(4, "coarse"),
          List.of(0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3));
  private static final List<Head> BOTH = List.of(Head.FINE, Head.COARSE);
  private static final int BATCH = 7;

  private final Random random = new Random(1);
  private final List<Examples> batches = List.of(examples(BATCH), examples(BATCH), examples(3));
  private final Map<Examples, Prediction> predictions =
      Map.of(
          batches.get(0), prediction(BATCH),
          batches.get(1), prediction(BATCH),
          batches.get(2), prediction(3));

  @Test
  void countsAgreeWithSortingTheClassesOfEachExample() {
    Evaluation evaluation = evaluate(batches);

    for (Head head : BOTH) {
      TestResult.OfHead result = evaluation.heads().get(head);
      List<int[]> ranked = ranked(head); // rank of the label, label, superclass
      assertThat(result.images()).isEqualTo(ranked.size()).isEqualTo(17);
      assertThat(result.first()).isEqualTo(count(ranked, each -> each[0] == 0)).isPositive();
      assertThat(result.firstFive()).isEqualTo(count(ranked, each -> each[0] < 5));
      for (int label = 0; label < CLASSES.get(head); label++) {
        int number = label;
        assertThat(result.byClass().images()[label])
            .isEqualTo(count(ranked, each -> each[1] == number));
        assertThat(result.byClass().right()[label])
            .isEqualTo(count(ranked, each -> each[1] == number && each[0] == 0));
      }
      for (int superclass = 0; superclass < CLASSES.get(Head.COARSE); superclass++) {
        int number = superclass;
        assertThat(result.bySuperclass().right()[superclass])
            .isEqualTo(count(ranked, each -> each[2] == number && each[0] == 0));
      }
    }
  }

  @Test
  void lossCalibrationAndConsistencyAgreeWithProbabilitiesComputedInFull() {
    Evaluation evaluation = evaluate(batches);
    for (Head head : BOTH) {
      double loss = 0;
      Map<Integer, double[]> bins = new HashMap<>(); // images, right, sum of confidences
      BitSet correct = new BitSet();
      int position = 0;
      for (Examples batch : batches) {
        for (int i = 0; i < batch.count(); i++) {
          double[] probabilities = softmax(predictions.get(batch).logits(head)[i]);
          int answer = predictions.get(batch).classes(head)[i];
          boolean isRight = answer == batch.labels(head)[i];
          loss -= Math.log(probabilities[batch.labels(head)[i]]);
          double[] bin =
              bins.computeIfAbsent(
                  (int) Math.ceil(15 * probabilities[answer]), any -> new double[3]);
          bin[0]++;
          bin[1] += isRight ? 1 : 0;
          bin[2] += probabilities[answer];
          correct.set(position++, isRight);
        }
      }
      int images = position;
      double error =
          bins.values().stream()
              .mapToDouble(bin -> bin[0] / images * Math.abs(bin[1] / bin[0] - bin[2] / bin[0]))
              .sum();
      TestResult.OfHead result = evaluation.heads().get(head);

      assertThat(result.loss()).isCloseTo(loss / images, within(1e-6));
      assertThat(result.calibration().expectedError()).isCloseTo(error, within(1e-6));
      assertThat(result.correct()).isEqualTo(correct);
    }
    assertThat(evaluation.result().consistency()).hasValue((double) consistent() / 17);
  }

  private int consistent() {
    int consistent = 0;
    for (Examples batch : batches) {
      Prediction prediction = predictions.get(batch);
      for (int i = 0; i < batch.count(); i++) {
        consistent +=
            prediction.classes(Head.FINE)[i] / 3 == prediction.classes(Head.COARSE)[i] ? 1 : 0;
      }
    }
    return consistent;
  }

  private static double[] softmax(float[] logits) {
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit);
    }
    double[] probabilities = new double[logits.length];
    for (int c = 0; c < logits.length; c++) {
      probabilities[c] = Math.exp(logits[c]) / sum;
    }
    return probabilities;
  }

  @Test
  void ofOneHeadThereIsNoConsistency() {
    Evaluation evaluation = Evaluation.of(predictions::get, List.of(Head.FINE), HIERARCHY, batches);

    assertThat(evaluation.consistency()).isNull();
  }

  @Test
  void aConfidenceOnTheEdgeOfABinBelongsToTheBinBelow() {
    Calibration calibration = Calibration.empty();
    calibration.add(1, true);
    calibration.add(0.2, false);
    calibration.add(0.15, true);

    assertThat(calibration.images()[14]).isEqualTo(1);
    assertThat(calibration.images()[2]).as("of (2/15, 3/15]").isEqualTo(2);
    assertThat(calibration.expectedError()).isCloseTo((1 - 0.35) / 3, within(1e-12));
  }

  @Test
  void theSharesOfSeveralWorkersAddUpToTheWhole() {
    Evaluation sum = share(0).plus(share(1));

    assertThat(sum.result())
        .usingRecursiveComparison()
        .withComparatorForType(new DoubleComparator(1e-9), Double.class)
        .isEqualTo(evaluate(batches).result());
  }

  @Test
  void withoutExamplesThereIsNoAccuracy() {
    assertThat(evaluate(List.of()).accuracies()).isEmpty();
  }

  /** Every other batch. */
  private Evaluation share(int worker) {
    Evaluation.Tally tally = new Evaluation.Tally(BOTH, HIERARCHY);
    for (int i = worker; i < batches.size(); i += 2) {
      tally.add(predictions.get(batches.get(i)), batches.get(i), i * BATCH);
    }
    return tally.result();
  }

  private Evaluation evaluate(List<Examples> examples) {
    return Evaluation.of(predictions::get, BOTH, HIERARCHY, examples);
  }

  private List<int[]> ranked(Head head) {
    List<int[]> ranked = new ArrayList<>();
    for (Examples batch : batches) {
      float[][] logits = predictions.get(batch).logits().get(head);
      for (int i = 0; i < batch.count(); i++) {
        float[] row = logits[i];
        List<Integer> sorted =
            IntStream.range(0, row.length)
                .boxed()
                .sorted(Comparator.comparing(c -> -row[c])) // stable: the lower of equal ones first
                .toList();
        int label = batch.labels(head)[i];
        ranked.add(new int[] {sorted.indexOf(label), label, batch.coarse()[i]});
      }
    }
    return ranked;
  }

  @Test
  void logitsThatAreNoNumbersAreNeverRight() {
    float nan = Float.NaN;
    float[][] logits = {{nan, nan, nan}, {nan, 1, 0}, {0, 1, nan}, {0, nan, 1}};
    Prediction broken = new Prediction(new float[4][0], Map.of(Head.FINE, logits));

    assertThat(IntStream.range(0, 4).map(i -> broken.rank(Head.FINE, i, 1)))
        .as("rank of the second class")
        .containsExactly(2, 1, 1, 2);
  }

  private static int count(List<int[]> ranked, Function<int[], Boolean> condition) {
    return (int) ranked.stream().filter(condition::apply).count();
  }

  private Examples examples(int count) {
    int[] fine = random.ints(count, 0, 12).toArray();
    int[] coarse = IntStream.of(fine).map(label -> label / 3).toArray();
    return new Examples.OfValues(new float[0], fine, coarse);
  }

  private Prediction prediction(int count) {
    return new Prediction(
        new float[count][0], Map.of(Head.FINE, logits(count, 12), Head.COARSE, logits(count, 4)));
  }

  /** Of few different values, so that many are equal. */
  private float[][] logits(int count, int classes) {
    float[][] logits = new float[count][classes];
    for (float[] row : logits) {
      for (int c = 0; c < classes; c++) {
        row[c] = random.nextInt(3);
      }
    }
    return logits;
  }
}
