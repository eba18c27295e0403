package org.bilateralbrain.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.bilateralbrain.sweep.MedianRule.Behind;
import org.junit.jupiter.api.Test;

/** Values worked by hand. */
class MedianRuleTest {

  private static final MedianRule AFTER_TWO = new MedianRule(2);

  /**
   * Their best accuracies after two epochs are 0.2, 0.4, 0.5 and 0.8, so that the median is 0.45.
   */
  private static final List<List<Double>> FOUR =
      List.of(List.of(0.1, 0.2, 0.9), List.of(0.4, 0.3), List.of(0.5, 0.1, 0.1), List.of(0.7, 0.8));

  @Test
  void aTrainingBelowTheMedianIsBehind() {
    assertThat(AFTER_TWO.judge(List.of(0.3, 0.44), FOUR)).hasValue(new Behind(2, 0.44, 0.45, 4));
    assertThat(AFTER_TWO.judge(List.of(0.3, 0.44), FOUR).orElseThrow())
        .hasToString(
            "its best validation accuracy up to epoch 2, 44.00 %, is below the median of 4 others, 45.00 %");
  }

  @Test
  void atTheMedianItIsNot() {
    assertThat(AFTER_TWO.judge(List.of(0.3, 0.45), FOUR)).isEmpty();
  }

  @Test
  void itsBestEpochCountsNotItsLast() {
    assertThat(AFTER_TWO.judge(List.of(0.6, 0.1), FOUR)).isEmpty();
  }

  @Test
  void onlyPeersThatHaveReachedTheEpochCount() {
    assertThat(AFTER_TWO.judge(List.of(0.0, 0.0, 0.0), FOUR)).as("two have").isEmpty();
    List<List<Double>> five =
        List.of(FOUR.get(0), FOUR.get(1), FOUR.get(2), FOUR.get(3), List.of(0.01));
    assertThat(AFTER_TWO.judge(List.of(0.0, 0.1), five))
        .as("the fifth has not")
        .hasValue(new Behind(2, 0.1, 0.45, 4));
  }

  @Test
  void thereIsNoJudgementBeforeTheFirstEpochsAreOver() {
    assertThat(AFTER_TWO.judge(List.of(0.0), FOUR)).isEmpty();
    assertThat(AFTER_TWO.judge(List.of(), FOUR)).isEmpty();
    assertThat(new MedianRule(1).judge(List.of(0.0), FOUR))
        .as("after the first epoch the others are at 0.1, 0.4, 0.5 and 0.7")
        .hasValue(new Behind(1, 0.0, 0.45, 4));
  }

  @Test
  void threePeersMakeNoMedian() {
    assertThat(AFTER_TWO.judge(List.of(0.0, 0.0), FOUR.subList(0, 3))).isEmpty();
  }

  @Test
  void ofAnOddNumberTheMedianIsTheMiddleOne() {
    List<List<Double>> five =
        List.of(FOUR.get(0), FOUR.get(1), FOUR.get(2), FOUR.get(3), List.of(0.9, 0.9));

    assertThat(AFTER_TWO.judge(List.of(0.2, 0.49), five)).hasValue(new Behind(2, 0.49, 0.5, 5));
  }
}
