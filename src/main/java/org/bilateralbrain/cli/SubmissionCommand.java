package org.bilateralbrain.cli;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.spark.SparkDriver;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/**
 * Tells the scripts for clusters what they need to know of a command before they submit it: {@code
 * MIB ENGINE STORE}, with the memory that its largest network takes outside Java's heap. Whatever
 * is wrong with the command or its configuration is said here, before anything is started.
 */
@Command(
    name = "submission",
    hidden = true,
    description = "Prints what the cluster scripts need to know of a command.")
final class SubmissionCommand implements Callable<Integer> {

  @Spec private CommandSpec command;

  @Option(
      names = "--ship",
      paramLabel = "FILE",
      description =
          "Also writes the whole configuration to FILE, for a driver on another machine, and copies local data into the store.")
  private Optional<Path> file = Optional.empty();

  @Option(
      names = "--carry",
      paramLabel = "FOLDER",
      description =
          "Writes each configuration, with the files that it includes, to FOLDER/sweep-N.conf, and prints its name in the command. Nothing is copied: the store may be out of reach from here.")
  private Optional<Path> folder = Optional.empty();

  @Parameters(paramLabel = "COMMAND", description = "The command with its options, after --.")
  private List<String> line = List.of();

  @Override
  public Integer call() throws IOException {
    ParseResult parsed = parse();
    Optional<SweepConfig> config =
        Optional.ofNullable(parsed.commandSpec().mixins().get("options"))
            .map(options -> ((SweepOptions) options.userObject()).load());
    PrintWriter out = command.commandLine().getOut();
    if (config.isPresent()) {
      out.printf(
          "%s %s %s%n",
          MemoryCommand.mebibytes(config.get()),
          config.get().computation().engine(),
          config.get().store());
      if (file.isPresent()) {
        ShippedConfiguration.write(config.get(), file.get(), SparkDriver.hadoop());
      }
    }
    if (folder.isPresent()) {
      List<String> files =
          parsed.matchedPositionals().stream()
              .flatMap(positional -> positional.stringValues().stream())
              .filter(value -> new File(value).isFile())
              .toList();
      for (int i = 0; i < files.size(); i++) {
        Files.writeString(
            folder.get().resolve("sweep-%s.conf".formatted(i + 1)),
            SweepConfig.inOneFile(new File(files.get(i))));
        out.println("configuration " + files.get(i));
      }
    }
    return Main.DONE;
  }

  private ParseResult parse() {
    ParseResult parsed = command.parent().commandLine().parseArgs(line.toArray(String[]::new));
    if (!parsed.hasSubcommand()) {
      throw new ParameterException(command.commandLine(), "There is no command");
    }
    return parsed.subcommand();
  }
}
