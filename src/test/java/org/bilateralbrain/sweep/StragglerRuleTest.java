package org.bilateralbrain.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bilateralbrain.sweep.StragglerRule.Move;
import org.bilateralbrain.sweep.StragglerRule.Running;
import org.junit.jupiter.api.Test;

class StragglerRuleTest {

  private static final double WORK = 10_000;

  /** Of a sweep that takes half an hour more than its six executors have in hand. */
  private static final double WORK_LEFT = 6 * 1800;

  private static final Running<String> SLOW = slow("slow", 0.5);

  private final StragglerRule rule = new StragglerRule();

  @Test
  void aJobAtHalfTheSpeedOfOthersIsLateOnceNoneIsWaiting() {
    assertThat(moves(SLOW)).containsExactly(new Move<>("slow", Optional.empty()));
  }

  @Test
  void theLastJobIsComparedWithThoseThatRanBefore() {
    assertThat(rule.moves(List.of(SLOW), 1, false, 0)).as("nothing is known yet").isEmpty();
    moves(SLOW);

    assertThat(rule.moves(List.of(SLOW), 1, false, 0)).hasSize(1);
  }

  @Test
  void aLongJobIsNotSlow() {
    assertThat(moves(new Running<>("ten times the work", 10 * WORK, 0.5, 50_000, 0))).isEmpty();
  }

  @Test
  void executorsThatDifferALittleAreNotSlow() {
    assertThat(moves(new Running<>("three quarters", WORK, 0.5, 5000 / 0.75, 0))).isEmpty();
  }

  @Test
  void whileOthersWaitASlowJobTakesTheExecutorOfOneThatEndsSoonIfTheSweepWouldWaitForIt() {
    assertThat(movesBesideWaiting(List.of(slow("slow", 0.9))))
        .containsExactly(with("slow", "short 0"));
    assertThat(movesBesideWaiting(List.of(slow("ends with the sweep", 0.09)))).isEmpty();
  }

  @Test
  void theSweepAlsoWaitsForWhatDependsOnASlowJob() {
    Running<String> withHeads = new Running<>("with heads", WORK, 0.1, 2000, 4000);

    assertThat(movesBesideWaiting(List.of(withHeads)))
        .containsExactly(with("with heads", "short 0"));
  }

  @Test
  void theLatestTakesTheExecutorOfTheFirstToEnd() {
    assertThat(movesBesideWaiting(List.of(slow("late", 0.8), slow("latest", 0.9))))
        .containsExactly(with("latest", "short 0"), with("late", "short 1"));
  }

  @Test
  void aJobThatWouldEndWithTheSweepMakesNoRoom() {
    List<Running<String>> running = new ArrayList<>(List.of(slow("slow", 0.9)));
    for (int i = 0; i < 5; i++) {
      running.add(new Running<>("long " + i, WORK, 0.5, 5000, 0));
    }

    assertThat(rule.moves(running, 6, true, WORK_LEFT)).isEmpty();
  }

  private static Running<String> slow(String name, double left) {
    return new Running<>(name, WORK, left, 2 * WORK * left, 0);
  }

  private static Move<String> with(String late, String partner) {
    return new Move<>(late, Optional.of(partner));
  }

  /** With five others that are half done. */
  private List<Move<String>> moves(Running<String> job) {
    List<Running<String>> running = new ArrayList<>(List.of(job));
    for (int i = 0; i < 5; i++) {
      running.add(new Running<>("as others " + i, WORK, 0.5, WORK / 2, 0));
    }
    return rule.moves(running, running.size(), false, 0);
  }

  /** With five others that will soon be done, in a sweep that needs about half an hour more. */
  private List<Move<String>> movesBesideWaiting(List<Running<String>> jobs) {
    List<Running<String>> running = new ArrayList<>(jobs);
    for (int i = 0; i < 5; i++) {
      running.add(new Running<>("short " + i, WORK, 0.01 + 0.001 * i, 100 + 10 * i, 0));
    }
    return rule.moves(running, running.size(), true, WORK_LEFT);
  }
}
