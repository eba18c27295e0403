package org.bilateralbrain.cli;

import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.report.Analyses;
import org.bilateralbrain.report.AnalysisCsv;
import org.bilateralbrain.report.AnalysisText;
import org.bilateralbrain.spark.AnalysisRun.AnalysisSummary;
import org.bilateralbrain.spark.SparkDriver;
import org.bilateralbrain.store.WholeFile;
import org.bilateralbrain.sweep.SweepSetup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "analyse",
    description = {
      "Analyses a sweep's networks on the test images: predictions, similarity of features, reliance on each hemisphere,"
          + " saliency maps.",
      "Prints tables and writes them to the sweep's folder. Predictions and saliency maps are stored with each analysis;"
          + " report --html shows the results."
    },
    mixinStandardHelpOptions = true)
final class AnalyseCommand implements Callable<Integer> {

  private static final String FOLDER = "analysis";

  @Mixin private SweepOptions options;
  @Spec private CommandSpec command;

  @Override
  public Integer call() throws Exception {
    SweepConfig config = options.load();
    PrintWriter progress = command.commandLine().getErr();
    SweepSetup setup = SweepSetup.of(config, SparkDriver.hadoop());
    AnalysisSummary summary =
        Main.explainingInterruption(progress, () -> SparkDriver.analyse(setup, progress));
    PrintWriter out = command.commandLine().getOut();
    if (summary.analysed() + summary.reused() + summary.failed() == 0) {
      throw SweepOptions.noNetworks(setup);
    }
    Analyses analyses = Analyses.read(setup.store(), setup.planFile());
    Map<String, WholeFile.Content> files =
        new AnalysisCsv(setup.planFile().plan(), analyses).files();
    for (Map.Entry<String, WholeFile.Content> file : files.entrySet()) {
      setup.store().writeSweepFile(config.name(), FOLDER + "/" + file.getKey(), file.getValue());
    }
    out.print(new AnalysisText(analyses).markdown());
    out.printf(
        "Written to %s/%s: %s%n%s%n",
        setup.store().sweepFolder(config.name()),
        FOLDER,
        String.join(", ", files.keySet()),
        summary);
    out.flush();
    return summary.complete() ? Main.DONE : Main.SOME_FAILED;
  }
}
