package org.bilateralbrain.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.apache.logging.log4j.core.LoggerContext;
import org.bilateralbrain.config.InvalidConfigurationException;
import org.bilateralbrain.data.DataException;
import org.bilateralbrain.report.progress.ProgressView;
import org.bilateralbrain.store.Program;
import org.bilateralbrain.store.UnknownFormatException;
import org.bilateralbrain.sweep.SparkRefusalException;
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
      "  0  done and everything asked for is there",
      "  1  some jobs failed or some networks have no result",
      "  2  wrong usage, configuration or data, or nothing of that name in the store",
      "  3  the run aborted"
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

  /** The scripts set it to "yes" where stderr is a terminal: Java 17 can't ask. */
  private static final String TERMINAL = "BILATERAL_TERMINAL";

  private final Optional<Terminal> terminal;

  private Main(Optional<Terminal> terminal) {
    this.terminal = terminal;
  }

  public static void main(String[] args) {
    // Libraries (DL4J, Spark, Hadoop) format in the default locale, and some locales have other
    // digits than 0 to 9.
    Locale.setDefault(Locale.ROOT);
    System.setOut(inUtf8(new FileOutputStream(FileDescriptor.out)));
    PrintStream stderr = inUtf8(new FileOutputStream(FileDescriptor.err));
    Optional<Terminal> terminal =
        "yes".equals(System.getenv(TERMINAL))
            ? Optional.of(new Terminal(stderr))
            : Optional.empty();
    System.setErr(terminal.map(Main::inUtf8).orElse(stderr));
    terminal.ifPresent(any -> restartLog());
    System.exit(execute(terminal, System.out, System.err, args));
  }

  /**
   * spark-submit starts the log before this program, and what it prints with keeps the stream that
   * was there then. Its configuration is looked for anew: the user's, or else ours in place of
   * Spark's defaults.
   */
  private static void restartLog() {
    LoggerContext log = LoggerContext.getContext(false);
    log.stop();
    log.start();
  }

  private static PrintStream inUtf8(OutputStream stream) {
    return new PrintStream(stream, true, StandardCharsets.UTF_8);
  }

  /** Everything that {@link #main} does but change or leave the JVM: returns the exit code. */
  static int execute(PrintStream out, PrintStream err, String... args) {
    return execute(Optional.empty(), out, err, args);
  }

  /** Where people see how a sweep is getting on: in a block on the terminal, or else in lines. */
  ProgressView onTerminalOr(ProgressView lines) {
    return terminal.<ProgressView>map(LiveBlock::new).orElse(lines);
  }

  private static int execute(
      Optional<Terminal> terminal, PrintStream out, PrintStream err, String... args) {
    PrintWriter errors = new PrintWriter(err, true, StandardCharsets.UTF_8);
    CommandLine commandLine =
        new CommandLine(new Main(terminal))
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
    if (e instanceof InvalidConfigurationException) {
      err.println("The configuration has mistakes:");
      e.getMessage().lines().forEach(line -> err.println("  " + line));
      return INVALID;
    }
    if (e instanceof DataException
        || e instanceof SparkRefusalException
        || e instanceof NothingThereException
        || e instanceof UnknownFormatException) {
      err.println(e.getMessage());
      return INVALID;
    }
    if (e instanceof IOException) {
      err.println("The store or the file system failed: " + e.getMessage());
      return BROKEN_OFF;
    }
    err.println("The run aborted:");
    e.printStackTrace(err);
    return BROKEN_OFF;
  }
}
