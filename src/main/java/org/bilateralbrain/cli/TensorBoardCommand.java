package org.bilateralbrain.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.spark.SparkDriver;
import org.bilateralbrain.store.ExportFolder;
import org.bilateralbrain.sweep.SweepSetup;
import org.bilateralbrain.tensorboard.GatheredRuns;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "tensorboard",
    description =
        "Copies the event files of a sweep's trainings into one folder for TensorBoard, under names that say what was"
            + " trained. The sweep may be running elsewhere.",
    mixinStandardHelpOptions = true)
final class TensorBoardCommand implements Callable<Integer> {

  @Mixin private SweepOptions options;
  @Spec private CommandSpec command;

  @Option(
      names = "--target",
      converter = UserPath.class,
      required = true,
      paramLabel = "FOLDER",
      description = "Folder to copy to, or any Hadoop URI; earlier copies are replaced.")
  private String target;

  @Override
  public Integer call() throws Exception {
    SweepConfig config = options.load();
    SweepSetup setup = SweepSetup.fromStore(config, SparkDriver.hadoop());
    if (!GatheredRuns.areThere(setup.planFile(), setup.store())) {
      throw SweepOptions.noNetworks(setup);
    }
    PrintWriter out = command.commandLine().getOut();
    ExportFolder folder = ExportFolder.at(target, SparkDriver.hadoop());
    GatheredRuns runs = GatheredRuns.gather(setup.planFile(), setup.store(), folder);
    runs.missing().forEach(job -> out.println("no event file  " + job));
    out.printf(
        "event files copied: %s, jobs without one: %s%ntensorboard --logdir %s%n",
        runs.names().size(), runs.missing().size(), quoted(target));
    return Main.DONE;
  }

  /** So that a shell takes it for one word. */
  private static String quoted(String word) {
    return word.matches("[\\w@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
