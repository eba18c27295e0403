package org.bilateralbrain.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.store.History.Epoch;
import org.junit.jupiter.api.Test;

class HistoryTest {

  private static final Epoch FIRST = epoch(1, 3.25, Map.of("fine", 0.1, "coarse", 0.3), 1.5, 100);
  private static final Epoch SECOND =
      epoch(2, 1.0 / 3, Map.of("fine", 0.3, "coarse", 0.5), 1.25, 120.5);
  private static final Epoch THIRD =
      epoch(3, 1e-5, Map.of("fine", 0.5, "coarse", 0.3), 1.125, 123.4);

  @Test
  void whatIsWrittenIsReadBack() {
    History history = of(List.of("fine", "coarse"), FIRST, SECOND, THIRD);

    History read = History.parse(history.csv());

    assertThat(read.heads()).containsExactly("fine", "coarse");
    assertThat(read.epochs()).containsExactly(FIRST, SECOND, THIRD);
    assertThat(read.csv()).isEqualTo(history.csv());
  }

  @Test
  void theFileHasOneRowPerEpochAndOneColumnPerHead() {
    assertThat(text(of(List.of("fine", "coarse"), FIRST, SECOND)))
        .isEqualTo(
            """
            epoch,train_loss,validation_fine,validation_coarse,train_seconds,images_per_second,train_accuracy_fine,train_accuracy_coarse,validation_loss_fine,validation_loss_coarse,learning_rate
            1,3.25,0.1,0.3,1.500,100.0,0.25,0.25,2.1,2.3,1.0E-4
            2,0.3333333333333333,0.3,0.5,1.250,120.5,0.25,0.25,2.3,2.5,1.0E-4
            """);
  }

  @Test
  void withoutValidationItsColumnsAreEmptyAndTheLastEpochIsTheBest() {
    History history = of(List.of("fine"), epoch(1, 2, Map.of(), 1, 1), epoch(2, 3, Map.of(), 1, 1));

    assertThat(text(history)).contains("\n1,2.0,,1.000,1.0,0.25,,1.0E-4\n");
    assertThat(History.parse(history.csv()).epochs()).isEqualTo(history.epochs());
    assertThat(history.lastValidation()).isEmpty();
    assertThat(history.best().epoch()).isEqualTo(2);
  }

  @Test
  void theFirstEpochOfHighestMeanAccuracyIsTheBest() {
    History history = of(List.of("fine", "coarse"), FIRST, SECOND, THIRD);

    assertThat(history.best()).as("as good as the third").isEqualTo(SECOND);
    assertThat(history.lastValidation()).isEqualTo(THIRD.validation());
    assertThat(history.trainSeconds()).isEqualTo(3.875);
  }

  @Test
  void beforeTheFirstEpochThereIsOnlyTheHeader() {
    History history = new History(List.of("fine"));

    assertThat(History.parse(history.csv()).epochs()).isEmpty();
    assertThat(history.lastValidation()).isEmpty();
    assertThat(history.count()).isZero();
  }

  @Test
  void aBrokenLineIsNamed() {
    byte[] broken = (text(of(List.of("fine"), FIRST)) + "2,1.0").getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> History.parse(broken))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("history.csv, line 3, can't be read: 2,1.0");
  }

  private static Epoch epoch(
      int number, double loss, Map<String, Double> validation, double seconds, double perSecond) {
    Map<String, Double> train = new LinkedHashMap<>(Map.of("fine", 0.25));
    Map<String, Double> losses = new LinkedHashMap<>();
    validation.forEach(
        (head, accuracy) -> {
          train.put(head, 0.25);
          losses.put(head, 2 + accuracy);
        });
    return new Epoch(number, loss, train, validation, losses, 1e-4, seconds, perSecond);
  }

  private static History of(List<String> heads, Epoch... epochs) {
    History history = new History(heads);
    List.of(epochs).forEach(history::add);
    return history;
  }

  private static String text(History history) {
    return new String(history.csv(), StandardCharsets.UTF_8);
  }
}
