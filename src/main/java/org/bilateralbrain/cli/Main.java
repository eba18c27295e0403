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
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.apache.logging.log4j.core.LoggerContext;
import org.bilateralbrain.config.InvalidConfigurationException;
import org.bilateralbrain.data.DataException;
import org.bilateralbrain.report.progress.ProgressView;
import org.bilateralbrain.spark.SparkDriver;
import org.bilateralbrain.spark.SparkDriver.EngineNotLoadedException;
import org.bilateralbrain.spark.SparkDriver.SparkSettingsException;
import org.bilateralbrain.store.Program;
import org.bilateralbrain.store.UnknownFormatException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;

/** The program: its commands, its streams and its exit codes. */
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
      ExportCommand.class,
      PrepareCommand.class,
      ConvertCommand.class,
      GcCommand.class,
      MemoryCommand.class,
      SubmissionCommand.class,
      HelpCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExit codes:%n",
    footer = {
      "  0  done, and everything requested is there",
      "  1  some jobs failed, or some networks have no result",
      "  2  invalid usage, configuration or data, or no such sweep in the store",
      "  3  the run aborted"
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
public final class Main {

  static final int DONE = 0;
  static final int SOME_FAILED = 1;
  static final int INVALID = 2;
  static final int ABORTED = 3;

  /** What an interruption means for commands that add to a store. */
  static final String RESUMED_BY_REPETITION =
      "Finished networks are kept in the store: run the same command again to resume.";

  /** What {@code --version} prints. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {Program.running().toString()};
    }
  }

  /** The scripts set it to "yes" if stderr is a terminal: Java 17 can't tell. */
  private static final String TERMINAL = "BILATERAL_TERMINAL";

  /**
   * submit/kubernetes.sh sets it to a number that is added to exit codes other than 0: there, Spark
   * itself ends with 1 when it fails, before or outside of this program.
   */
  private static final String EXIT_BASE = "BILATERAL_EXIT_BASE";

  private final Optional<Terminal> terminal;

  private Main(Optional<Terminal> terminal) {
    this.terminal = terminal;
  }

  public static void main(String[] args) throws Exception {
    SparkDriver.nameUser();
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
    SparkDriver.exit(() -> shifted(execute(terminal, System.out, System.err, args)));
  }

  private static int shifted(int code) {
    String base = System.getenv().getOrDefault(EXIT_BASE, "0");
    return code == DONE ? code : Integer.parseInt(base) + code;
  }

  /**
   * spark-submit starts the log before this program, and its appender keeps the stream of that
   * moment. A restart also looks up the configuration again: the user's, or else ours in place of
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

  /**
   * Everything that {@link #main} does except changing or leaving the JVM; returns the exit code.
   */
  static int execute(PrintStream out, PrintStream err, String... args) {
    return execute(Optional.empty(), out, err, args);
  }

  /** Shows live progress in a block on the terminal if there is one, or else in the given lines. */
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

  /**
   * Tells users who press Ctrl-C how to go on, instead of a page of Spark's exceptions.
   *
   * @param consequence what is kept, and what to do
   */
  static <T> T explainingInterruption(PrintWriter err, String consequence, Callable<T> work)
      throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              interrupted.countDown();
              err.println("Interrupted. " + consequence);
              err.flush();
            });
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return work.call();
    } finally {
      if (interrupted.getCount() == 0) {
        // Spark is stopping under our feet, and the JVM ends at any moment.
        new CountDownLatch(1).await();
      }
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }

  private static int explain(Throwable e, PrintWriter err) {
    if (e instanceof InvalidConfigurationException invalid) {
      err.println("Invalid configuration:");
      invalid.problems().stream().flatMap(String::lines).forEach(line -> err.println("  " + line));
      return INVALID;
    }
    if (e instanceof DataException
        || e instanceof SparkSettingsException
        || e instanceof EngineNotLoadedException
        || e instanceof SweepOptions.NotInStoreException
        || e instanceof UnknownFormatException) {
      err.println(e.getMessage());
      return INVALID;
    }
    if (e instanceof IOException) {
      err.println("The store or the file system failed: " + e.getMessage());
      return ABORTED;
    }
    err.println("The run aborted:");
    e.printStackTrace(err);
    return ABORTED;
  }
}
