package org.bilateralbrain.cli;

import java.io.FileNotFoundException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.grid.EnsembleJob;
import org.bilateralbrain.grid.GridPoint;
import org.bilateralbrain.spark.SparkDriver;
import org.bilateralbrain.store.ExportFolder;
import org.bilateralbrain.sweep.SweepSetup;
import org.bilateralbrain.train.NetworkExport;
import org.bilateralbrain.train.StoredNetworks;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "export",
    description = {
      "Writes a sweep's trained networks for use in other programs.",
      "One file for each network of the results, named after it; an ensemble's members are networks of their own."
    },
    mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {

  @Mixin private SweepOptions options;
  @Spec private CommandSpec command;

  @Option(
      names = "--target",
      converter = UserPath.class,
      required = true,
      paramLabel = "FOLDER",
      description = "Folder to write to, or any Hadoop URI; earlier copies are replaced.")
  private String target;

  @Option(
      names = "--format",
      required = true,
      paramLabel = "FORMAT",
      description = {
        "safetensors: weights under PyTorch's names and in its layout (safetensors.torch.load_file).",
        "pytorch: a state dictionary with the reference implementation's names and order of classes"
            + " (torch.load with weights_only=True).",
        "onnx: a model from normalised pixels (batch, channel, row, column) to the heads' logits.",
        "dl4j: a ComputationGraph (ModelSerializer.restoreComputationGraph, with this program's jar on the class path)."
      })
  private String formatName;

  @Override
  public Integer call() throws Exception {
    NetworkExport.Format format =
        NetworkExport.Format.named(formatName)
            .orElseThrow(
                () ->
                    new ParameterException(
                        command.commandLine(),
                        "--format %s is unknown; expected one of: %s"
                            .formatted(formatName, NetworkExport.Format.labels())));
    SweepConfig config = options.load();
    Configuration hadoop = SparkDriver.hadoop();
    SweepSetup setup = SweepSetup.fromStore(config, hadoop);
    List<GridPoint> points =
        setup.wantedPoints().stream()
            .filter(point -> !(point.job() instanceof EnsembleJob))
            .toList();
    StoredNetworks networks = StoredNetworks.of(setup.store(), hadoop);
    NetworkExport export = new NetworkExport(networks, ExportFolder.at(target, hadoop), format);
    return write(points, export, setup);
  }

  private int write(List<GridPoint> points, NetworkExport export, SweepSetup setup)
      throws Exception {
    PrintWriter out = command.commandLine().getOut();
    int written = 0;
    for (GridPoint point : points) {
      try {
        out.println(export.write(point));
        written++;
      } catch (FileNotFoundException e) {
        out.printf("missing  %s: %s%n", point.name(), e.getMessage());
      }
      out.flush();
    }
    if (written == 0) {
      throw SweepOptions.noNetworks(setup);
    }
    out.printf("%s of %s networks written to %s%n", written, points.size(), target);
    return written == points.size() ? Main.DONE : Main.SOME_FAILED;
  }
}
