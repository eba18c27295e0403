package org.bilateralbrain.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.report.Analyses;
import org.bilateralbrain.report.AnalysisCsv;
import org.bilateralbrain.report.AnalysisText;
import org.bilateralbrain.report.RequestedMaps;
import org.bilateralbrain.spark.AnalysisRun.AnalysisSummary;
import org.bilateralbrain.spark.SparkDriver;
import org.bilateralbrain.store.SaliencyRequests;
import org.bilateralbrain.store.WholeFile;
import org.bilateralbrain.sweep.SweepSetup;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "analyse",
    description = {
      "Analyses a sweep's networks on the test images: predictions, similarity of features, reliance on each hemisphere,"
          + " saliency maps.",
      "With --images, also explains every network's predictions for these test images (Grad-CAM at two depths, for each"
          + " head); later calls and reports keep them.",
      "Prints tables and writes them to the sweep's folder. Predictions and saliency maps are stored with each analysis;"
          + " report --html shows the results."
    },
    mixinStandardHelpOptions = true)
final class AnalyseCommand implements Callable<Integer> {

  private static final String FOLDER = "analysis";

  @Mixin private SweepOptions options;
  @Spec private CommandSpec command;

  @Option(
      names = "--images",
      paramLabel = "POSITIONS",
      description =
          "Test images to explain, by position in the test set, counted from 0; for example 17,42,100-120.")
  private @Nullable String images;

  @Override
  public Integer call() throws Exception {
    SweepConfig config = options.load();
    PrintWriter progress = command.commandLine().getErr();
    SweepSetup setup = SweepSetup.of(config, SparkDriver.hadoop());
    SaliencyRequests requests = requests(setup);
    AnalysisSummary summary =
        Main.explainingInterruption(
            progress,
            Main.RESUMED_BY_REPETITION,
            () -> SparkDriver.analyse(setup, requests.requests(), progress));
    PrintWriter out = command.commandLine().getOut();
    if (summary.analysed() + summary.reused() + summary.failed() == 0) {
      throw SweepOptions.noNetworks(setup);
    }
    requests.write(setup.store(), config.name());
    Analyses analyses = Analyses.read(setup.store(), setup.planFile());
    Map<String, WholeFile.Content> files =
        new AnalysisCsv(
                setup.planFile().plan(),
                analyses,
                RequestedMaps.read(setup.store(), config.name(), setup.planFile()))
            .files();
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

  /** The images of earlier calls, and those that this call adds. */
  private SaliencyRequests requests(SweepSetup setup) throws IOException {
    SaliencyRequests earlier =
        SaliencyRequests.read(setup.store(), setup.config().name(), setup.planFile());
    if (images == null) {
      return earlier;
    }
    int available = DataSource.Cache.load(setup.source(), SparkDriver.hadoop()).test().count();
    try {
      return earlier.with(ImagePositions.parse(images, available));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), "--images: " + e.getMessage(), e);
    }
  }
}
