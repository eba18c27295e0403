package org.bilateralbrain.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The progress of a running job, in its file and as an estimate. */
class ProgressTest {

  @Test
  void validationIsOmittedBeforeTheFirstOneAndReadBackInOrderAfterwards() throws IOException {
    Progress before = new Progress("epoch", 1, 2, 10, 20, 0.5, Map.of(), 100);
    Map<String, Double> accuracies = new LinkedHashMap<>();
    accuracies.put("fine", 0.25);
    accuracies.put("coarse", 0.5);
    Progress after = new Progress("epoch", 2, 2, 10, 20, 0.5, accuracies, 100);

    assertThat(new String(Json.encode(before), StandardCharsets.UTF_8))
        .doesNotContain("validation");
    assertThat(Json.decode(Json.encode(before), Progress.class, "progress.json")).isEqualTo(before);
    assertThat(Json.decode(Json.encode(after), Progress.class, "progress.json").validation())
        .containsExactly(entry("fine", 0.25), entry("coarse", 0.5));
  }

  @Test
  void remainingTimeCoversThisRoundAndTheFollowingOnes() {
    assertThat(new Progress("epoch", 2, 4, 50, 200, 0.5, Map.of(), 100).secondsLeft())
        .hasValue(5.5);
    assertThat(new Progress("epoch", 4, 4, 200, 200, 0.5, Map.of(), 100).secondsLeft()).hasValue(0);
  }

  @Test
  void withoutAThroughputThereIsNoEstimate() {
    assertThat(new Progress("epoch", 1, 4, 0, 200, null, Map.of(), 0).secondsLeft()).isEmpty();
    assertThat(new Progress("epoch", 1, 4, 0, 200, null, Map.of(), Double.NaN).secondsLeft())
        .isEmpty();
  }
}
