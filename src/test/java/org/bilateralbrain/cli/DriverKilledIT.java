package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.commons.io.filefilter.NameFileFilter;
import org.apache.commons.io.filefilter.TrueFileFilter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the whole program repeatedly (with SIGKILL, so that it can't clean up) and restarts it
 * until it is done. It is killed after a number of further checkpoints and artifacts that follows
 * from a seed.
 */
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class DriverKilledIT {

  private static final String CONFIGURATION =
      """
      bilateral {
        name = tiny
        data.synthetic { train-images = 1000, test-images = 100 }
        grid.seeds = [0, 1]
        hemisphere { width = 4, epochs = 5, batch-size = 50, learning-rate = 3e-3 }
        heads { feature-views = 2, epochs = 5, batch-size = 50, learning-rate = 3e-3 }
        checkpoint-every = 1 epoch
      }
      """;

  private static final int JOBS = 10;
  private static final int KILLS = 5;
  private static final int MAX_STEPS = 4;

  @TempDir Path temp;

  @Test
  void committedNetworksAreNeverTrainedAgainAndTheTableIsThatOfAnUndisturbedRun() throws Exception {
    Files.writeString(temp.resolve("tiny.conf"), CONFIGURATION);
    Random steps = new Random(11);
    Set<Path> seen = new HashSet<>();
    Map<Path, String> committed = new HashMap<>();
    for (int kill = 1; kill <= KILLS; kill++) {
      Process process = start("killed");
      int before = seen.size();
      int wanted = 1 + steps.nextInt(MAX_STEPS);
      while (process.isAlive() && seen.size() < before + wanted) {
        process.waitFor(10, TimeUnit.MILLISECONDS);
        seen.addAll(manifests("killed", "artifacts").keySet());
        seen.addAll(manifests("killed", "attempts").keySet());
      }
      assertThat(process.isAlive()).as("it has not finished before kill %d", kill).isTrue();
      process.destroyForcibly().waitFor();
      Map<Path, String> now = manifests("killed", "artifacts");
      assertThat(now).as("what was committed before kill %d", kill).containsAllEntriesOf(committed);
      committed = now;
    }
    assertThat(start("killed").waitFor()).isZero();
    assertThat(manifests("killed", "artifacts"))
        .as("one commit for each job")
        .hasSize(JOBS)
        .containsAllEntriesOf(committed);
    assertThat(start("undisturbed").waitFor()).isZero();
    assertThat(accuracies("killed")).isEqualTo(accuracies("undisturbed"));
  }

  private Process start(String store) throws IOException {
    return new ProcessBuilder(
            "submit/local.sh",
            "run",
            temp.resolve("tiny.conf").toString(),
            "--set",
            "bilateral.store=" + temp.resolve(store))
        .redirectOutput(temp.resolve("out").toFile())
        .redirectError(temp.resolve("err").toFile())
        .start();
  }

  private Map<Path, String> manifests(String store, String area) throws IOException {
    Map<Path, String> manifests = new HashMap<>();
    Path folder = temp.resolve(store).resolve(area);
    if (!Files.exists(folder)) {
      return manifests;
    }
    try {
      for (File file :
          FileUtils.listFiles(
              folder.toFile(), new NameFileFilter("manifest.json"), TrueFileFilter.TRUE)) {
        try {
          String content = Files.readString(file.toPath());
          if (content.strip().endsWith("}")) { // a truncated one doesn't count
            manifests.put(file.toPath(), content);
          }
        } catch (NoSuchFileException checkpointThatIsGone) {
          // it was not an artifact's
        }
      }
    } catch (UncheckedIOException somethingIsBeingRemoved) {
      return manifests;
    }
    return manifests;
  }

  private List<String> accuracies(String store) throws IOException {
    try (Stream<String> lines =
        Files.lines(temp.resolve(store).resolve("sweeps/tiny/results.csv"))) {
      return lines.map(line -> String.join(",", List.of(line.split(",")).subList(0, 9))).toList();
    }
  }
}
