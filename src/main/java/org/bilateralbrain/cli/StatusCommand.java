package org.bilateralbrain.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.Progress;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;
import org.bilateralbrain.store.SweepStatusFile;
import org.bilateralbrain.store.SweepStatusFile.JobStatus;
import org.bilateralbrain.store.SweepStatusFile.State;
import org.bilateralbrain.sweep.SparkDriver;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "status",
    description = "Prints how far a sweep is, from the store alone; the sweep may be running elsewhere.",
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {

  @Mixin private SweepOptions options;
  @Spec private CommandSpec command;

  @Override
  public Integer call() throws Exception {
    SweepConfig config = options.load();
    Store store = Store.open(config.store(), SparkDriver.hadoop());
    PrintWriter out = command.commandLine().getOut();
    Optional<byte[]> plan = store.readSweepFile(config.name(), SweepPlanFile.FILE_NAME);
    Optional<byte[]> status = store.readSweepFile(config.name(), SweepStatusFile.FILE_NAME);
    if (plan.isEmpty() || status.isEmpty()) {
      out.printf("%s holds no sweep named %s: it has not been run%n", store.root(), config.name());
      return Main.DONE;
    }
    SweepStatusFile statuses = Json.decode(status.get(), SweepStatusFile.class);
    for (SweepPlanFile.Job job : Json.decode(plan.get(), SweepPlanFile.class).jobs()) {
      JobStatus known = statuses.jobs().get(job.id());
      if (known != null) {
        out.printf(
            "%-8s  %s/%s  %s%s%n",
            known.state().name().toLowerCase(Locale.ROOT), job.kind(), job.id(), job.title(), details(store, job, known));
      }
    }
    out.printf("%s; last written by its driver at %s%n", counts(statuses.jobs()), statuses.updated());
    return Main.DONE;
  }

  private static String details(Store store, SweepPlanFile.Job job, JobStatus status) {
    if (status.state() == State.RUNNING) {
      return ": " + store.readProgress(job.artifact()).map(Progress::inWords).orElse("starting");
    }
    return status.reason().isEmpty() ? "" : ": " + status.reason();
  }

  private static String counts(Map<String, JobStatus> jobs) {
    StringBuilder counts = new StringBuilder(jobs.size() + " jobs:");
    String separator = " ";
    for (State state : State.values()) {
      long count = jobs.values().stream().filter(job -> job.state() == state).count();
      counts.append(separator).append(count).append(' ').append(state.name().toLowerCase(Locale.ROOT));
      separator = ", ";
    }
    return counts.toString();
  }
}
