package org.bilateralbrain.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bilateralbrain.sweep.StragglerRule.Move;
import org.bilateralbrain.sweep.StragglerRule.Running;
import org.junit.jupiter.api.Test;

class StragglerRuleTest {

  /** In seconds on a fast executor. */
  private static final double WORK = 10_000;

  /** Of a sweep for which six executors need about half an hour. */
  private static final double WORK_LEFT = 6 * 1800;

  private static final Running<String> SLOW = slow("slow", 0.5);

  private final StragglerRule rule = new StragglerRule();

  @Test
  void aJobAtHalfTheSpeedOfOthersGoesOnOnAnIdleExecutor() {
    assertThat(movesToIdle(SLOW)).containsExactly(alone("slow"));
  }

  @Test
  void theLastJobIsComparedWithThoseThatRanBefore() {
    assertThat(rule.moves(List.of(SLOW), 1, 1, 0)).as("nothing is known yet").isEmpty();
    movesToIdle(SLOW);

    assertThat(rule.moves(List.of(SLOW), 1, 1, 0)).hasSize(1);
  }

  @Test
  void aLongJobIsNotSlow() {
    assertThat(movesToIdle(fast("ten times the work", 10 * WORK, 0.5, 0))).isEmpty();
  }

  @Test
  void executorsThatDifferALittleAreNotSlow() {
    assertThat(movesToIdle(running("three quarters", WORK, 0.5, 0.75, 0))).isEmpty();
  }

  @Test
  void fiveMinutesAreNotWorthAMove() {
    assertThat(movesToIdle(slow("nearly done", 0.03))).isEmpty();
    assertThat(movesToIdle(slow("less so", 0.031))).containsExactly(alone("less so"));
  }

  @Test
  void whileOthersWaitASlowJobTakesTheExecutorOfOneThatEndsSoonIfTheSweepWouldWaitForIt() {
    assertThat(movesBesideWaiting(slow("slow", 0.9))).containsExactly(pair("slow", "short 0"));
    assertThat(movesBesideWaiting(slow("ends with the sweep", 0.09))).isEmpty();
  }

  @Test
  void theSweepAlsoWaitsForWhatDependsOnASlowJob() {
    Running<String> withHeads = running("with heads", WORK, 0.09, 0.5, 4000);

    assertThat(movesBesideWaiting(withHeads)).containsExactly(pair("with heads", "short 0"));
  }

  @Test
  void theLatestTakesTheIdleExecutorAndTheNextThatOfTheFirstToEnd() {
    List<Running<String>> running = beside(List.of(slow("late", 0.8), slow("latest", 0.9)));

    assertThat(rule.moves(running, running.size(), 0, WORK_LEFT))
        .containsExactly(pair("latest", "short 0"), pair("late", "short 1"));
    assertThat(rule.moves(running, running.size(), 1, WORK_LEFT))
        .containsExactly(alone("latest"), pair("late", "short 0"));
  }

  @Test
  void aJobThatWouldEndWithTheSweepMakesNoRoom() {
    List<Running<String>> running = new ArrayList<>(List.of(slow("slow", 0.9)));
    for (int i = 0; i < 5; i++) {
      running.add(fast("long " + i, WORK, 0.5, 0));
    }

    assertThat(rule.moves(running, 6, 0, WORK_LEFT)).isEmpty();
  }

  @Test
  void aJobThatIsOverBeforeTheLateOneHasStoppedMakesNoRoom() {
    List<Running<String>> running = new ArrayList<>(List.of(slow("slow", 0.9)));
    for (int i = 0; i < 5; i++) {
      running.add(fast("nearly done " + i, WORK, 0.03, 0));
    }

    assertThat(rule.moves(running, 6, 0, WORK_LEFT)).isEmpty();
  }

  @Test
  void jobsWithLongEpochsDoNotWaitForEachOther() {
    Running<String> slow = new Running<>("slow", "slow", WORK, 0.9, 2 * 0.9 * WORK, 301, 0);

    assertThat(movesBesideWaiting(slow)).isEmpty();
  }

  private static Running<String> slow(String name, double left) {
    return running(name, WORK, left, 0.5, 0);
  }

  private static Running<String> fast(String name, double work, double left, double after) {
    return running(name, work, left, 1, after);
  }

  /** On an executor of its own, with a hundred epochs. */
  private static Running<String> running(
      String name, double work, double left, double speed, double after) {
    return new Running<>(name, name, work, left, work * left / speed, work / speed / 100, after);
  }

  private static Move<String> alone(String late) {
    return new Move<>(late, Optional.empty());
  }

  private static Move<String> pair(String late, String partner) {
    return new Move<>(late, Optional.of(partner));
  }

  /** With five others that are half done, and an idle executor. */
  private List<Move<String>> movesToIdle(Running<String> job) {
    List<Running<String>> running = new ArrayList<>(List.of(job));
    for (int i = 0; i < 5; i++) {
      running.add(fast("as others " + i, WORK, 0.5, 0));
    }
    return rule.moves(running, running.size(), 1, WORK_LEFT);
  }

  private List<Move<String>> movesBesideWaiting(Running<String> job) {
    List<Running<String>> running = beside(List.of(job));
    return rule.moves(running, running.size(), 0, WORK_LEFT);
  }

  /** Five others will soon be done. */
  private static List<Running<String>> beside(List<Running<String>> jobs) {
    List<Running<String>> running = new ArrayList<>(jobs);
    for (int i = 0; i < 5; i++) {
      running.add(fast("short " + i, WORK, 0.05 + 0.001 * i, 0));
    }
    return running;
  }
}
