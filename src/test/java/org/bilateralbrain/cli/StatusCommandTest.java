package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.bilateralbrain.store.SweepStatusFile.State;
import org.junit.jupiter.api.Test;

class StatusCommandTest extends CommandFixture {

  @Test
  void watchingARunningSweepReportsEachChangeAndEndsWithIt() throws Exception {
    status(State.TRAINED, State.RUNNING, State.WAITING);
    Thread driver =
        new Thread(
            () -> {
              await("1 of 3 jobs done, 1 running, 0 failed, 1 waiting");
              status(State.TRAINED, State.FAILED, State.WAITING);
              await("1 of 3 jobs done, 0 running, 1 failed, 1 waiting");
              status(State.TRAINED, State.FAILED, State.BLOCKED);
            });
    driver.start();

    assertThat(
            execute(
                "status",
                conf(TINY),
                "--set",
                "bilateral.store=" + temp.resolve("store"),
                "--watch"))
        .isZero();
    driver.join();
    assertThat(out().lines())
        .hasSize(7)
        .element(2)
        .asString()
        .isEqualTo("[1 min 00 s] 1 of 3 jobs done, 0 running, 2 failed, 0 waiting");
    assertThat(out())
        .contains("failed    hemisphere/1  job 1: because")
        .contains("3 jobs: 0 waiting, 0 running, 1 trained");
    assertThat(err().lines()).singleElement().asString().endsWith(": the status is of those.");
  }

  @Test
  void statusShowsTheAgeOfAnOverdueHeartbeat() throws Exception {
    status(State.RUNNING);
    String store = "bilateral.store=" + temp.resolve("store");
    assertThat(execute("status", conf(TINY), "--set", store)).isZero();
    assertThat(out()).doesNotContain("ago");
    status(Instant.now().minusSeconds(725), State.RUNNING);
    assertThat(execute("status", conf(TINY), "--set", store)).isZero();

    assertThat(out().lines().toList()).last().asString().endsWith(", 12 min ago");
  }

  private void await(String text) {
    while (!out().contains(text)) {
      Thread.onSpinWait();
    }
  }
}
