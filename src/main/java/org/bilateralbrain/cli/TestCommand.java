package org.bilateralbrain.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.report.TestTables;
import org.bilateralbrain.spark.SparkDriver;
import org.bilateralbrain.spark.TestRun.TestedNetwork;
import org.bilateralbrain.store.TestResult;
import org.bilateralbrain.sweep.SweepSetup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "test",
    description = {
      "Tests a sweep's networks without training: those in the store, and the checkpoints that its configuration names.",
      "Prints top-1 and top-5 accuracy; writes them, and accuracies by class and superclass, to the sweep's folder.",
      "With bilateral.test.mode=features, also writes the networks' features of the test images."
    },
    mixinStandardHelpOptions = true)
final class TestCommand implements Callable<Integer> {

  @Mixin private SweepOptions options;
  @Spec private CommandSpec command;

  @Override
  public Integer call() throws Exception {
    SweepConfig config = options.load();
    PrintWriter progress = command.commandLine().getErr();
    Configuration hadoop = SparkDriver.hadoop();
    SweepSetup setup = SweepSetup.of(config, hadoop);
    List<TestedNetwork> tested =
        Main.explainingInterruption(
            progress, Main.RESUMED_BY_REPETITION, () -> SparkDriver.test(setup, progress));
    PrintWriter out = command.commandLine().getOut();
    if (tested.isEmpty()) {
      throw SweepOptions.noNetworks(setup);
    }
    String plan = setup.planFile().plan();
    Map<String, TestResult> results = new LinkedHashMap<>();
    tested.forEach(network -> results.put(network.name(), network.result()));
    write(setup, TestTables.NETWORKS, TestTables.networks(plan, results));
    write(
        setup,
        TestTables.CLASSES,
        TestTables.classes(
            plan, results, DataSource.Cache.load(setup.source(), hadoop).hierarchy()));
    out.print(TestTables.text(results));
    out.printf(
        "Written to %s: %s, %s%n",
        setup.store().sweepFolder(config.name()), TestTables.NETWORKS, TestTables.CLASSES);
    out.flush();
    return tested.size() == setup.wantedPoints().size() ? Main.DONE : Main.SOME_FAILED;
  }

  private static void write(SweepSetup setup, String file, String text) throws IOException {
    setup
        .store()
        .writeSweepFile(setup.config().name(), file, text.getBytes(StandardCharsets.UTF_8));
  }
}
