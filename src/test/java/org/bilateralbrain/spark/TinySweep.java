package org.bilateralbrain.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.report.progress.EventLines;
import org.bilateralbrain.sweep.SweepSetup;
import org.bilateralbrain.sweep.SweepSummary;

/** A sweep of tiny networks on synthetic images, and the contents of its store. */
record TinySweep(Path folder, Path store, List<String> overrides) {

  private static final String CONFIGURATION =
      """
      bilateral {
        name = tiny
        data.synthetic { train-images = 200, test-images = 100 }
        grid.seeds = [0, 1]
        hemisphere { width = 2, epochs = 6, batch-size = 50, learning-rate = 3e-3 }
        heads { feature-views = 2, epochs = 6, batch-size = 50, learning-rate = 3e-3 }
        checkpoint-every = 1 epoch
      }
      """;

  static final int JOBS = 10;

  /** How a run went. */
  record Run(SweepSummary summary, String progress) {}

  static TinySweep in(Path folder, String store, String... overrides) {
    return new TinySweep(folder, folder.resolve(store), List.of(overrides));
  }

  SweepSetup setup() throws IOException {
    return setup(new Configuration());
  }

  /**
   * @param hadoop the driver's access to the store
   */
  SweepSetup setup(Configuration hadoop) throws IOException {
    Path draft = Files.writeString(Files.createTempFile(folder, "tiny", ".conf"), CONFIGURATION);
    Path file =
        Files.move(
            draft,
            folder.resolve("tiny.conf"),
            StandardCopyOption.ATOMIC_MOVE); // two drivers may write it at once
    List<String> all = new ArrayList<>(overrides);
    all.add("bilateral.store=" + store);
    return SweepSetup.of(SweepConfig.load(file.toFile(), all), hadoop);
  }

  Run run(JavaSparkContext spark) throws Exception {
    return run(spark, new Configuration());
  }

  Run run(JavaSparkContext spark, Configuration hadoop) throws Exception {
    StringWriter progress = new StringWriter();
    SweepSummary summary =
        SparkDriver.run(setup(hadoop), spark, new EventLines(new PrintWriter(progress)));
    return new Run(summary, progress.toString());
  }

  /** The columns of results.csv up to the accuracies; times differ. */
  List<String> accuracies() throws IOException {
    try (Stream<String> lines = Files.lines(store.resolve("sweeps/tiny/results.csv"))) {
      return lines.map(line -> String.join(",", List.of(line.split(",")).subList(0, 9))).toList();
    }
  }

  /** The manifests of all artifacts, one per commit; what an outage cut off is none. */
  List<Path> commits() throws IOException {
    Path artifacts = store.resolve("artifacts");
    if (!Files.exists(artifacts)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(artifacts)) {
      return files
          .filter(file -> file.endsWith("manifest.json"))
          .filter(TinySweep::isWhole)
          .toList();
    }
  }

  private static boolean isWhole(Path manifest) {
    try {
      return new ObjectMapper().readTree(manifest.toFile()).has("files");
    } catch (JsonProcessingException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
