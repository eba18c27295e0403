package org.bilateralbrain.cli;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Commands that really train, on Spark in this process. */
abstract class LocalRunFixture extends CommandFixture {

  private static final List<String> SPARK =
      List.of(
          "spark.master",
          "local[2]",
          "spark.ui.enabled",
          "false",
          "spark.driver.host",
          "localhost");

  @BeforeEach
  void chooseMaster() {
    for (int i = 0; i < SPARK.size(); i += 2) {
      System.setProperty(SPARK.get(i), SPARK.get(i + 1));
    }
  }

  @AfterEach
  void forgetMaster() {
    for (int i = 0; i < SPARK.size(); i += 2) {
      System.clearProperty(SPARK.get(i));
    }
  }
}
