package org.bilateralbrain.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.bilateralbrain.config.InvalidConfigurationException;
import org.bilateralbrain.config.ReferenceConfiguration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "convert",
    description = {
      "Converts a configuration of the reference implementation (Cerenaut/bilateral-brain).",
      "Prints the equivalent configuration, and on stderr the settings that have no equivalent.",
      "A single hemisphere goes on from its model_path (start-from); hemispheres of a bilateral network are used as they are (checkpoint)."
    },
    mixinStandardHelpOptions = true)
final class ConvertCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "REFERENCE.yaml",
      description = "One of the reference implementation's configs/*.yaml.")
  private Path file;

  @Spec private CommandSpec command;

  @Override
  public Integer call() {
    String yaml;
    try {
      yaml = Files.readString(file);
    } catch (IOException e) {
      throw new InvalidConfigurationException(List.of("%s can't be read: %s".formatted(file, e)));
    }
    ReferenceConfiguration converted = ReferenceConfiguration.convert(yaml);
    command.commandLine().getOut().print(converted.text());
    command.commandLine().getOut().flush();
    PrintWriter err = command.commandLine().getErr();
    converted.leftOut().forEach(line -> err.println("left out: " + line));
    return Main.DONE;
  }
}
