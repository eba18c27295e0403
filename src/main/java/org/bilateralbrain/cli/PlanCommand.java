package org.bilateralbrain.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.spark.SparkDriver;
import org.bilateralbrain.sweep.Inventory;
import org.bilateralbrain.sweep.Inventory.Action;
import org.bilateralbrain.sweep.SweepSetup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "plan",
    description = "Prints what run would do, and why. Starts nothing.",
    mixinStandardHelpOptions = true)
final class PlanCommand implements Callable<Integer> {

  @Mixin private SweepOptions options;
  @Spec private CommandSpec command;

  @Override
  public Integer call() throws Exception {
    SweepConfig config = options.load();
    SweepSetup setup = SweepSetup.of(config, SparkDriver.hadoop());
    PrintWriter out = command.commandLine().getOut();
    RunCommand.announceLookup(setup, command.commandLine().getErr());
    Inventory inventory = setup.inventory();
    for (Job job : setup.plan().jobs()) {
      out.printf(
          "%-6s  %s/%s  %s%n        %s; for %s of %s networks in the table%n",
          inventory.action(job).name().toLowerCase(Locale.ROOT),
          job.kind(),
          job.id(),
          setup.plan().title(job),
          inventory.reason(job),
          setup.plan().pointsThatNeed(job).size(),
          setup.plan().points().size());
    }
    int pruned = inventory.jobs(setup.plan(), Action.PRUNED).size();
    out.printf(
        "%s jobs: %s to train, %s to reuse, %s not needed%s (store %s)%n",
        setup.plan().jobs().size(),
        inventory.jobs(setup.plan(), Action.TRAIN).size(),
        inventory.jobs(setup.plan(), Action.REUSE).size(),
        inventory.jobs(setup.plan(), Action.SKIP).size(),
        pruned == 0 ? "" : ", %s pruned".formatted(pruned),
        setup.store().root());
    return Main.DONE;
  }
}
