package org.bilateralbrain.spark;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bilateralbrain.sweep.Outcome;
import org.bilateralbrain.train.Machine;

/**
 * Converts tasks' failures into exceptions that Spark handles well, and Spark's exceptions into
 * reasons for people.
 */
final class TaskFailure {

  /**
   * Extracts the exception from Spark's message after too many failures: "Task 0 in stage 5.0
   * failed 4 times, most recent failure: Lost task 0.3 in stage 5.0 (TID 9) (host executor 1):
   * the.Exception: message", or when all machines are excluded: "Aborting TaskSet 5.0 because task
   * 0 … cannot run anywhere … Most recent failure:", followed by a line break and the same.
   */
  private static final Pattern MOST_RECENT =
      Pattern.compile(
          "[Mm]ost recent failure:\\s*Lost task [^\\n]*?\\(TID \\d+\\) \\([^)]*\\): ([^\\n]*)");

  /** Exceptions whose messages people understand without the class name. */
  private static final Pattern OURS =
      Pattern.compile("^(org\\.bilateralbrain\\.[\\w.$]+|java\\.lang\\.IllegalStateException): ");

  /** YARN's reason for losing an executor. */
  private static final String KILLED_BY_YARN = "Container killed by YARN for exceeding";

  private TaskFailure() {}

  /**
   * Converts a failure into an exception that Spark counts as the task's. Spark ends the whole
   * process, with all its tasks, if an exception or one of its causes is an Error. But this program
   * survives exhausted native memory (which DL4J wraps in an exception) and missing libraries, so
   * these become exceptions without a cause.
   *
   * @throws Error if the failure is any other Error
   */
  static RuntimeException survivable(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError) {
        return new IllegalStateException(
            "out of memory (%s): use a smaller batch-size or width, fewer concurrent tasks, or more memory for the executors"
                .formatted(cause.getMessage()));
      }
      if (cause instanceof LinkageError) {
        return new IllegalStateException(
            "%s can't run this program: %s".formatted(Machine.hostName(), cause));
      }
    }
    if (failure instanceof Error error) {
      throw error;
    }
    return (RuntimeException) failure;
  }

  /** The outcome of a Spark job whose task failed for good. */
  static Outcome.Failed outcome(ExecutionException failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    String message = String.valueOf(cause.getMessage());
    Matcher mostRecent = MOST_RECENT.matcher(message);
    String reason =
        mostRecent.find()
            ? mostRecent.group(1)
            : message.lines().filter(line -> !line.isBlank()).findFirst().orElse("no reason given");
    if (reason.contains(KILLED_BY_YARN)) {
      reason += " Ask for more with --native, in MiB for each task.";
    }
    boolean storeFailed =
        reason.startsWith(StoreFailureException.class.getName())
            || cause instanceof StoreFailureException;
    return new Outcome.Failed(withoutClass(reason), storeFailed);
  }

  private static String withoutClass(String text) {
    return OURS.matcher(text).replaceFirst("");
  }

  /**
   * Tells the driver that the store failed. Spark passes on only the text of an exception, which
   * starts with its class name.
   */
  static final class StoreFailureException extends IOException {

    private static final long serialVersionUID = 1L;

    StoreFailureException(IOException cause) {
      super(
          "the store failed: "
              + (cause.getMessage() == null ? cause.toString() : cause.getMessage()),
          cause);
    }
  }
}
