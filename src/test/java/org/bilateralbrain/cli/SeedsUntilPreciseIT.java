package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code run --until}, with networks that are really trained. */
@Timeout(300)
class SeedsUntilPreciseIT extends LocalRunFixture {

  private static final String SWEEP =
      """
      bilateral {
        name = tiny
        data.synthetic { train-images = 200, test-images = 100 }
        grid { seeds = [3, 5], models = [unilateral-fine, bilateral-specialised] }
        hemisphere { width = 2, epochs = 1, batch-size = 50, learning-rate = 3e-3 }
        heads { feature-views = 1, epochs = 1, batch-size = 50, learning-rate = 3e-3 }
      }
      """;

  @Test
  void seedsAreAddedUpToTheLimitAndTheStoredSweepIsTheEnlargedOne() throws IOException {
    String set = "bilateral.store=" + temp.resolve("store");

    int exit =
        execute(
            "run",
            conf(SWEEP),
            "--set",
            set,
            "--until",
            "half-interval=0.0001",
            "--max-seeds",
            "4");

    assertThat(exit).as("not as precise as asked for").isEqualTo(1);
    assertThat(err())
        .contains("2 seeds: the widest interval is ±", "Next: 4 seeds", "4 seeds: the widest")
        .contains("Not precise enough, but there are 4 seeds (--max-seeds)")
        .doesNotContain("another plan");
    Path folder = temp.resolve("store/sweeps/tiny");
    assertThat(Files.readString(folder.resolve("results.csv"))).contains(",6,fine,", ",7,coarse,");
    assertThat(Files.readString(folder.resolve("configuration.conf")))
        .containsPattern("seeds=\\[\\s*3,\\s*5,\\s*6,\\s*7\\s*]");
    Matcher repeat = Pattern.compile("add --set '(.*)'").matcher(err());
    assertThat(repeat.find()).isTrue();
    err.reset();
    out.reset();
    assertThat(execute("report", conf(SWEEP), "--set", set, "--set", repeat.group(1))).isZero();
    assertThat(out()).contains("| 4 pairs ").doesNotContain("Without a result");
    assertThat(err()).as("no word of another plan").isEmpty();
    assertThat(execute("report", folder.resolve("configuration.conf").toString())).isZero();
  }

  @Test
  void whereTheFirstRunIsPreciseEnoughNothingIsAdded() throws IOException {
    String set = "bilateral.store=" + temp.resolve("store");

    assertThat(execute("run", conf(SWEEP), "--set", set, "--until", "half-interval=1000")).isZero();
    assertThat(err()).contains("Precise enough").doesNotContain("Next", "another plan", "--set '");
  }
}
