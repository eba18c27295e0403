package org.bilateralbrain.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.nn.Head;
import org.junit.jupiter.api.Test;

class HistoryTest {

  @Test
  void theBestEpochIsTheFirstOfHighestMeanValidationAccuracy() {
    History history = new History(List.of(Head.FINE, Head.COARSE));
    history.add(epoch(1, Map.of(Head.FINE, 0.25, Head.COARSE, 0.5)));
    history.add(epoch(2, Map.of(Head.FINE, 0.5, Head.COARSE, 0.75)));
    history.add(epoch(3, Map.of(Head.FINE, 0.75, Head.COARSE, 0.5)));
    history.add(epoch(4, Map.of(Head.FINE, 0.25, Head.COARSE, 0.75)));

    assertThat(history.best().epoch()).isEqualTo(2);
  }

  @Test
  void withoutValidationTheLastEpochIsKept() {
    History history = new History(List.of(Head.FINE));
    history.add(epoch(1, Map.of()));
    history.add(epoch(2, Map.of()));

    assertThat(history.best().epoch()).isEqualTo(2);
    assertThat(new String(history.csv(), StandardCharsets.UTF_8).lines())
        .containsExactly(
            "epoch,train_loss,validation_fine,train_seconds,images_per_second",
            "1,1.5,,2.000,100.0",
            "2,1.5,,2.000,100.0");
  }

  private static History.Epoch epoch(int number, Map<Head, Double> validation) {
    return new History.Epoch(number, 1.5, validation, 2, 100);
  }
}
