package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole program killed at random moments (SIGKILL, so that it can't tidy up), and started again until it is done. */
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class DriverKilledIT {

  private static final String CONFIGURATION =
      """
      bilateral {
        name = tiny
        data.synthetic { train-images = 1000, test-images = 100 }
        grid.seeds = [0, 1, 2]
        hemisphere { width = 4, epochs = 8, batch-size = 50, learning-rate = 3e-3 }
        heads { feature-views = 2, epochs = 8, batch-size = 50, learning-rate = 3e-3 }
        checkpoint-every = 1 epoch
      }
      """;

  private static final int LEAST_KILLS = 4;
  private static final int MOST_KILLS = 10;

  @TempDir Path temp;

  @Test
  void whateverWasCommittedIsNeverTrainedAgainAndTheTableIsThatOfAnUndisturbedRun() throws Exception {
    Files.writeString(temp.resolve("tiny.conf"), CONFIGURATION);
    Random random = new Random();
    Map<Path, String> committed = new HashMap<>();
    int kills = 0;
    while (true) {
      Process process = start("killed");
      int patience = kills < MOST_KILLS ? 4000 + random.nextInt(4000) : 120_000;
      boolean ended = process.waitFor(patience, TimeUnit.MILLISECONDS);
      if (ended) {
        assertThat(process.exitValue()).isZero();
        break;
      }
      process.destroyForcibly().waitFor();
      kills++;
      Map<Path, String> now = manifests("killed");
      assertThat(now).as("what was committed before kill %d", kills).containsAllEntriesOf(committed);
      committed = now;
    }
    assertThat(kills).isGreaterThanOrEqualTo(LEAST_KILLS);
    assertThat(manifests("killed")).as("one commit for each job").hasSize(15).containsAllEntriesOf(committed);
    assertThat(start("undisturbed").waitFor()).isZero();
    assertThat(accuracies("killed")).isEqualTo(accuracies("undisturbed"));
    System.out.printf("The driver was killed %d times; %d jobs were kept each time they were done%n", kills, 15);
  }

  private Process start(String store) throws IOException {
    return new ProcessBuilder(
            "submit/local.sh", "run", temp.resolve("tiny.conf").toString(), "--set", "bilateral.store=" + temp.resolve(store))
        .redirectOutput(temp.resolve("out").toFile())
        .redirectError(temp.resolve("err").toFile())
        .start();
  }

  private Map<Path, String> manifests(String store) throws IOException {
    Map<Path, String> manifests = new HashMap<>();
    Path artifacts = temp.resolve(store).resolve("artifacts");
    if (Files.exists(artifacts)) {
      try (Stream<Path> files = Files.walk(artifacts)) {
        for (Path file : files.filter(f -> f.endsWith("manifest.json")).toList()) {
          String content = Files.readString(file);
          if (content.strip().endsWith("}")) { // one that is cut off counts for nothing
            manifests.put(file, content);
          }
        }
      }
    }
    return manifests;
  }

  private List<String> accuracies(String store) throws IOException {
    try (Stream<String> lines = Files.lines(temp.resolve(store).resolve("sweeps/tiny/results.csv"))) {
      return lines.map(line -> String.join(",", List.of(line.split(",")).subList(0, 9))).toList();
    }
  }
}
