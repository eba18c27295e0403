package org.bilateralbrain.spark;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.bilateralbrain.grid.GridPoint;
import org.bilateralbrain.store.Concurrently;
import org.bilateralbrain.store.TestResult;
import org.bilateralbrain.sweep.StoreWatch;
import org.bilateralbrain.sweep.SweepSetup;
import org.bilateralbrain.train.NetworkTester;
import org.bilateralbrain.train.StoredNetworks;

/** Tests a sweep's networks on Spark. */
public final class TestRun {

  private TestRun() {}

  /**
   * @return the grid points that were tested, with their results, in the order of the tables
   */
  static List<TestedNetwork> run(SweepSetup setup, JavaSparkContext spark, PrintWriter progress)
      throws IOException, InterruptedException {
    StoreWatch store = new StoreWatch(setup.store(), progress::println);
    TaskInputs inputs = TaskInputs.of(setup, store.token(), spark);
    StoredNetworks trained = inputs.trained();
    List<GridPoint> wanted = setup.wantedPoints();
    List<GridPoint> points = Concurrently.those(wanted, point -> trained.arePresent(point.job()));
    int missing = wanted.size() - points.size();
    if (points.isEmpty()) {
      return List.of();
    }
    progress.printf(
        "Testing %s networks%s%n",
        points.size(), missing == 0 ? "" : "; %s more are not in the store".formatted(missing));
    progress.flush();
    String sweep = setup.config().name();
    boolean features = setup.config().writesFeatures();
    List<Optional<TestResult>> results;
    store.begin();
    try (store) {
      results =
          NetworkTasks.run(
              spark,
              inputs,
              "Testing",
              points.stream().map(NetworkTask::of).toList(),
              network -> test(network, inputs, sweep, features),
              progress);
    }
    List<TestedNetwork> tested = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      GridPoint point = points.get(i);
      results.get(i).ifPresent(result -> tested.add(new TestedNetwork(point, result)));
    }
    return tested;
  }

  private static TestResult test(
      NetworkTask network, TaskInputs inputs, String sweep, boolean features) throws IOException {
    NetworkTester tester = inputs.tester();
    if (features) {
      inputs
          .store()
          .writeSweepFile(
              sweep,
              "features/" + network.name() + ".npy",
              out -> tester.writeFeatures(network.job(), out));
    }
    return tester.test(network.job(), network.heads());
  }

  /** A network of a sweep and its results on the test images. */
  public record TestedNetwork(GridPoint point, TestResult result) {

    /** The network's name in file names. */
    public String name() {
      return point.name();
    }
  }
}
