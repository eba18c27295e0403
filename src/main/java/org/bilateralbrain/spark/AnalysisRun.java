package org.bilateralbrain.spark;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.bilateralbrain.analysis.NetworkAnalysis;
import org.bilateralbrain.analysis.RequestedSaliency;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.store.Concurrently;
import org.bilateralbrain.sweep.StoreWatch;
import org.bilateralbrain.sweep.SweepSetup;

/** Analyses a sweep's networks on Spark, skipping those that have been analysed. */
public final class AnalysisRun {

  private AnalysisRun() {}

  /**
   * @param requests images whose saliency maps are wanted, see {@link RequestedSaliency}
   */
  static AnalysisSummary run(
      SweepSetup setup, List<List<Integer>> requests, JavaSparkContext spark, PrintWriter progress)
      throws IOException, InterruptedException {
    StoreWatch store = new StoreWatch(setup.store(), progress::println);
    TaskInputs inputs = TaskInputs.of(setup, store.token(), spark);
    NetworkAnalysis analysis = inputs.analysis();
    Map<Job, NetworkTask> all = new LinkedHashMap<>(); // several points can show the same network
    setup.wantedPoints().forEach(point -> all.putIfAbsent(point.job(), NetworkTask.of(point)));
    List<NetworkTask> networks =
        Concurrently.those(all.values(), network -> analysis.isPossible(network.job()));
    int missing = all.size() - networks.size();
    if (networks.isEmpty()) {
      return new AnalysisSummary(0, 0, 0, missing);
    }
    progress.printf(
        "Analysing %s networks%s%n",
        networks.size(), missing == 0 ? "" : "; %s more are not in the store".formatted(missing));
    progress.flush();
    store.begin();
    try (store) {
      List<Boolean> done =
          NetworkTasks.run(
                  spark,
                  inputs,
                  "Analysing",
                  networks,
                  network -> analyse(network, inputs, requests),
                  progress)
              .stream()
              .flatMap(Optional::stream)
              .toList();
      int analysed = (int) done.stream().filter(isNew -> isNew).count();
      return new AnalysisSummary(
          analysed, done.size() - analysed, networks.size() - done.size(), missing);
    }
  }

  /** Returns whether anything had to be computed. */
  private static boolean analyse(
      NetworkTask network, TaskInputs inputs, List<List<Integer>> requests) throws IOException {
    boolean isNew = inputs.analysis().run(network.job(), network.heads());
    for (List<Integer> images : requests) {
      isNew |= inputs.saliency().run(network.job(), network.heads(), images);
    }
    return isNew;
  }

  /**
   * How an analysis went, in numbers of networks.
   *
   * @param analysed analysed now
   * @param reused analysed earlier
   * @param failed failed, as reported in the progress
   * @param missing not in the store
   */
  public record AnalysisSummary(int analysed, int reused, int failed, int missing) {

    /** Whether every network of the plan is analysed. */
    public boolean complete() {
      return failed == 0 && missing == 0;
    }

    @Override
    public String toString() {
      return "%s networks: %s analysed, %s reused, %s failed, %s not in the store"
          .formatted(analysed + reused + failed + missing, analysed, reused, failed, missing);
    }
  }
}
