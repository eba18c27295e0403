package org.bilateralbrain.sweep;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.grid.Cell;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.layers.NativeThreads;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.TestResult;
import org.bilateralbrain.train.NetworkTester;

/** Tests a sweep's networks on Spark, one task a network. */
final class TestRun {

  /** What a task works on. */
  private record Work(String name, Job job, List<Head> heads) implements Serializable {}

  private TestRun() {}

  /**
   * @return the cells that could be tested, with their results, in the order of the tables
   */
  static List<TestedCell> run(SweepSetup setup, JavaSparkContext spark, PrintWriter progress) throws IOException {
    DataSet dataSet = DataSource.Cache.load(setup.source(), spark.hadoopConfiguration());
    NetworkTester tester = new NetworkTester(setup.store(), dataSet, spark.hadoopConfiguration());
    List<Cell> cells = new ArrayList<>();
    List<Work> work = new ArrayList<>();
    for (Cell cell : setup.plan().cells()) {
      if (tester.canTest(cell.job())) {
        cells.add(cell);
        work.add(new Work(name(cell), cell.job(), cell.heads()));
      }
    }
    progress.printf("Testing %d of %d networks; the others are not in the store%n", work.size(), setup.plan().cells().size());
    progress.flush();
    if (work.isEmpty()) {
      return List.of();
    }
    String store = setup.store().root().toString();
    String sweep = setup.config().name();
    boolean features = setup.config().writesFeatures();
    DataSource source = setup.source();
    Broadcast<SerializableConfiguration> hadoop =
        spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration()));
    List<TestResult> results =
        spark
            .parallelize(work, work.size())
            .map(each -> test(each, store, sweep, features, source, hadoop.value().value()))
            .collect();
    List<TestedCell> tested = new ArrayList<>();
    for (int i = 0; i < cells.size(); i++) {
      tested.add(new TestedCell(cells.get(i), results.get(i)));
    }
    return tested;
  }

  private static TestResult test(
      Work work, String store, String sweep, boolean features, DataSource source, Configuration hadoop)
      throws IOException {
    NativeThreads.use(TaskContext.get().cpus());
    Store opened = Store.open(store, hadoop);
    NetworkTester tester = new NetworkTester(opened, DataSource.Cache.load(source, hadoop), hadoop);
    if (features) {
      opened.writeSweepFile(sweep, "features/" + work.name() + ".npy", out -> tester.writeFeatures(work.job(), out));
    }
    return tester.test(work.job(), work.heads());
  }

  static String name(Cell cell) {
    return cell.seed() == cell.seedRight()
        ? "%s-%s-%s-seed%d".formatted(cell.model(), cell.variant(), backbones(cell), cell.seed())
        : "%s-%s-%s-seed%d-%d".formatted(cell.model(), cell.variant(), backbones(cell), cell.seed(), cell.seedRight());
  }

  private static String backbones(Cell cell) {
    String left = cell.left().map(backbone -> backbone.label()).orElse("");
    String right = cell.right().map(backbone -> backbone.label()).orElse("");
    return left.isEmpty() || left.equals(right) ? right.isEmpty() ? left : right : right.isEmpty() ? left : left + "+" + right;
  }
}
