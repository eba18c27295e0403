package org.bilateralbrain.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.bilateralbrain.sweep.StragglerRule.Running;
import org.junit.jupiter.api.Test;

class StragglerRuleTest {

  private static final double WORK = 100;
  private static final Running<String> SLOW = new Running<>("slow", WORK, 0.5, 100);

  private final StragglerRule rule = new StragglerRule();

  @Test
  void aJobAtHalfTheSpeedOfOthersIsLateOnceNoneIsWaiting() {
    assertThat(late(SLOW, true)).isEmpty();
    assertThat(late(SLOW, false)).containsExactly("slow");
  }

  @Test
  void theLastJobIsComparedWithThoseThatRanBefore() {
    assertThat(rule.late(List.of(SLOW), false)).as("nothing is known yet").isEmpty();
    late(SLOW, true);

    assertThat(rule.late(List.of(SLOW), false)).hasSize(1);
  }

  @Test
  void aLongJobIsNotSlow() {
    assertThat(late(new Running<>("ten times the work", 10 * WORK, 0.5, 500), false)).isEmpty();
  }

  @Test
  void executorsThatDifferALittleAreNotSlow() {
    assertThat(late(new Running<>("three quarters", WORK, 0.5, 50 / 0.75), false)).isEmpty();
  }

  /** Beside five jobs that are half done and need 50 s more. */
  private List<String> late(Running<String> job, boolean waiting) {
    List<Running<String>> running = new ArrayList<>(List.of(job));
    for (int i = 0; i < 5; i++) {
      running.add(new Running<>("as others " + i, WORK, 0.5, 50));
    }
    return rule.late(running, waiting).stream().map(Running::job).toList();
  }
}
