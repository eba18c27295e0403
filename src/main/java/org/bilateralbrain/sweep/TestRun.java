package org.bilateralbrain.sweep;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.bilateralbrain.data.DataException;
import org.bilateralbrain.grid.Cell;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.store.DamagedArtifact;
import org.bilateralbrain.train.NetworkTester;
import org.bilateralbrain.train.TrainingFailed;
import org.nd4j.linalg.factory.Nd4j;

/** Tests a sweep's networks on Spark, one task a network. */
final class TestRun {

  /** What a task works on. */
  private record Work(String name, Job job, List<Head> heads) implements Serializable {}

  private TestRun() {}

  /**
   * @return the cells that could be tested, with their results, in the order of the tables
   */
  static List<TestedCell> run(SweepSetup setup, JavaSparkContext spark, PrintWriter progress) throws IOException {
    TaskInputs inputs =
        TaskInputs.of(setup, spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration())));
    NetworkTester tester = inputs.tester();
    List<Cell> cells = new ArrayList<>();
    List<Work> work = new ArrayList<>();
    for (Cell cell : setup.plan().cells()) {
      if (tester.canTest(cell.job())) {
        cells.add(cell);
        work.add(new Work(name(cell), cell.job(), cell.heads()));
      }
    }
    int missing = setup.plan().cells().size() - work.size();
    progress.printf(
        "Testing %d networks%s%n", work.size(), missing == 0 ? "" : "; %d more are not in the store".formatted(missing));
    progress.flush();
    if (work.isEmpty()) {
      return List.of();
    }
    String sweep = setup.config().name();
    boolean features = setup.config().writesFeatures();
    List<TestOutcome> outcomes =
        spark
            .parallelize(work, work.size())
            .map(each -> test(each, inputs, sweep, features))
            .collect();
    List<TestedCell> tested = new ArrayList<>();
    for (int i = 0; i < cells.size(); i++) {
      if (outcomes.get(i) instanceof TestOutcome.Tested result) {
        tested.add(new TestedCell(cells.get(i), result.result()));
      } else if (outcomes.get(i) instanceof TestOutcome.Failed failure) {
        progress.printf("FAILED   %s: %s%n", work.get(i).name(), failure.reason());
      }
    }
    progress.flush();
    return tested;
  }

  /** A failure that would come again is an outcome; any other is thrown, so that Spark tries again. */
  private static TestOutcome test(Work work, TaskInputs inputs, String sweep, boolean features) throws IOException {
    try {
      inputs.useResources(TaskContext.get());
      NetworkTester tester = inputs.tester();
      if (features) {
        inputs.store().writeSweepFile(sweep, "features/" + work.name() + ".npy", out -> tester.writeFeatures(work.job(), out));
      }
      return new TestOutcome.Tested(tester.test(work.job(), work.heads()));
    } catch (DamagedArtifact | TrainingFailed | DataException e) {
      return new TestOutcome.Failed(e.getMessage());
    } finally {
      Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
    }
  }

  static String name(Cell cell) {
    return cell.seed() == cell.seedRight()
        ? "%s-%s-%s-seed%d".formatted(cell.model(), cell.variant(), backbones(cell), cell.seed())
        : "%s-%s-%s-seed%d-%d".formatted(cell.model(), cell.variant(), backbones(cell), cell.seed(), cell.seedRight());
  }

  private static String backbones(Cell cell) {
    return Stream.of(cell.left(), cell.right())
        .flatMap(Optional::stream)
        .map(Backbone::label)
        .distinct()
        .collect(Collectors.joining("+"));
  }
}
