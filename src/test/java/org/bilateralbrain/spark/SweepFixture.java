package org.bilateralbrain.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.bilateralbrain.sweep.SweepSetup;
import org.bilateralbrain.sweep.SweepSummary;
import org.bilateralbrain.train.OtherWeights;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Tiny networks on synthetic images, trained by Spark in this JVM, two tasks at a time. */
abstract class SweepFixture {

  static JavaSparkContext spark;

  @TempDir Path temp;

  @BeforeAll
  static void startSpark() {
    spark = LocalSpark.start();
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  SweepSummary run(String store, String... overrides) throws Exception {
    return TinySweep.in(temp, store, overrides).run(spark).summary();
  }

  SweepSetup setup(String store, String... overrides) throws IOException {
    return TinySweep.in(temp, store, overrides).setup();
  }

  byte[] results(String store) throws IOException {
    return Files.readAllBytes(temp.resolve(store).resolve("sweeps/tiny/results.csv"));
  }

  List<String> accuracies(String store) throws IOException {
    return TinySweep.in(temp, store).accuracies();
  }

  List<Path> networks(String store, String kind) throws IOException {
    return files(store, kind, OtherWeights.FILE);
  }

  List<Path> files(String store, String kind, String name) throws IOException {
    try (Stream<Path> files = Files.walk(temp.resolve(store).resolve("artifacts").resolve(kind))) {
      // by id: the folder of the attempt in between has a random name
      return files
          .filter(path -> path.endsWith(name))
          .sorted(Comparator.comparing(path -> path.getParent().getParent().getFileName()))
          .toList();
    }
  }

  void deleteManifests(String kind) throws IOException {
    for (Path manifest : files("store", kind, "manifest.json")) {
      Files.delete(manifest);
    }
  }
}
