package org.bilateralbrain.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.bilateralbrain.config.InvalidConfiguration;
import org.bilateralbrain.data.DataException;
import org.bilateralbrain.store.Program;
import org.bilateralbrain.sweep.SparkRefusal;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;

/** The program. */
@Command(
    name = "bilateral",
    description = "Seed sweeps of bilateral neural networks on Spark.",
    subcommands = {
      RunCommand.class,
      PlanCommand.class,
      StatusCommand.class,
      ReportCommand.class,
      TensorBoardCommand.class,
      TestCommand.class,
      AnalyseCommand.class,
      DiffCommand.class,
      PrepareCommand.class,
      ConvertCommand.class,
      GcCommand.class,
      MemoryCommand.class,
      HelpCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExit codes:%n",
    footer = {
      "  0  done",
      "  1  some jobs failed or were blocked",
      "  2  wrong usage, configuration or data",
      "  3  the run itself broke off"
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
public final class Main {

  static final int DONE = 0;
  static final int SOME_FAILED = 1;
  static final int INVALID = 2;
  static final int BROKEN_OFF = 3;

  /** What {@code --version} prints. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {Program.running().toString()};
    }
  }

  private Main() {}

  public static void main(String[] args) {
    System.setOut(new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.err), true, StandardCharsets.UTF_8));
    System.exit(execute(System.out, System.err, args));
  }

  /** Everything that {@link #main} does but leave the JVM: returns the exit code. */
  static int execute(PrintStream out, PrintStream err, String... args) {
    PrintWriter errors = new PrintWriter(err, true, StandardCharsets.UTF_8);
    CommandLine commandLine =
        new CommandLine(new Main())
            .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
            .setErr(errors)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler((e, command, parsed) -> explain(e, errors));
    try {
      return commandLine.execute(args);
    } catch (Error e) { // out of memory, a native library that doesn't load
      return explain(e, errors);
    }
  }

  private static int explain(Throwable e, PrintWriter err) {
    if (e instanceof InvalidConfiguration) {
      err.println("The configuration has mistakes:");
      e.getMessage().lines().forEach(line -> err.println("  " + line));
      return INVALID;
    }
    if (e instanceof DataException || e instanceof SparkRefusal) {
      err.println(e.getMessage());
      return INVALID;
    }
    if (e instanceof IOException) {
      err.println("The store or the file system failed: " + e.getMessage());
      return BROKEN_OFF;
    }
    err.println("The run broke off:");
    e.printStackTrace(err);
    return BROKEN_OFF;
  }
}
