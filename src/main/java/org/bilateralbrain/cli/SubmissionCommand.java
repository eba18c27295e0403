package org.bilateralbrain.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.spark.SparkDriver;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

@Command(
    name = "submission",
    hidden = true,
    description =
        "For the cluster scripts, which start Java only once: prints what a command's largest network takes outside Java's"
            + " heap, in MiB, the engine and the store.")
final class SubmissionCommand implements Callable<Integer> {

  @Spec private CommandSpec command;

  @Option(
      names = "--ship",
      paramLabel = "FILE",
      description =
          "Also writes the whole configuration to FILE, for a driver on another machine, and copies local data into the store.")
  private Optional<Path> file = Optional.empty();

  @Parameters(paramLabel = "COMMAND", description = "The command with its options, after --.")
  private List<String> line = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    SweepConfig config = options().load();
    if (file.isPresent()) {
      ShippedConfiguration.write(config, file.get(), SparkDriver.hadoop());
    }
    command
        .commandLine()
        .getOut()
        .printf(
            "%s %s %s%n",
            MemoryCommand.mebibytes(config), config.computation().engine(), config.store());
    return Main.DONE;
  }

  /** The command's options, read by the command itself. */
  private SweepOptions options() {
    ParseResult parsed =
        command.parent().commandLine().parseArgs(line.toArray(String[]::new)).subcommand();
    return Optional.ofNullable(parsed)
        .map(of -> of.commandSpec().mixins().get("options"))
        .map(CommandSpec::userObject)
        .map(SweepOptions.class::cast)
        .orElseThrow(
            () ->
                new ParameterException(
                    new CommandLine(command), "no command on a sweep: " + String.join(" ", line)));
  }
}
