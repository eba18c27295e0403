package org.bilateralbrain.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.Prediction;
import org.bilateralbrain.store.TestResult;
import org.junit.jupiter.api.Test;

/** Against a slow version that sorts the classes of each example. */
class EvaluationTest {

  private static final Map<Head, Integer> CLASSES = Map.of(Head.FINE, 12, Head.COARSE, 4);
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
  void theSharesOfSeveralWorkersAddUpToTheWhole() {
    Evaluation sum = evaluate(batches.subList(0, 1)).plus(evaluate(batches.subList(1, 3)));

    assertThat(sum.result()).usingRecursiveComparison().isEqualTo(evaluate(batches).result());
  }

  @Test
  void withoutExamplesThereIsNoAccuracy() {
    assertThat(evaluate(List.of()).accuracies()).isEmpty();
  }

  private Evaluation evaluate(List<Examples> examples) {
    return Evaluation.of(predictions::get, BOTH, CLASSES, examples);
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
