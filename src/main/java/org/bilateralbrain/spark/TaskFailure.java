package org.bilateralbrain.spark;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bilateralbrain.sweep.Outcome;
import org.bilateralbrain.train.Machine;

/** Why tasks fail, for people. */
final class TaskFailure {

  /**
   * Spark gives up after too many failures: "Task 0 in stage 5.0 failed 4 times, most recent
   * failure: Lost task 0.3 in stage 5.0 (TID 9) (host executor 1): the.Exception: message", or when
   * no machine is left that has not been left out: "Aborting TaskSet 5.0 because task 0 … cannot
   * run anywhere … Most recent failure:", a new line, and the same.
   */
  private static final Pattern MOST_RECENT =
      Pattern.compile(
          "[Mm]ost recent failure:\\s*Lost task [^\\n]*?\\(TID \\d+\\) \\([^)]*\\): ([^\\n]*)");

  /** Classes of exceptions whose text is for people. */
  private static final Pattern OURS =
      Pattern.compile("^(org\\.bilateralbrain\\.[\\w.$]+|java\\.lang\\.IllegalStateException): ");

  private TaskFailure() {}

  /**
   * What a task has to throw on for Spark to count it. Spark ends the whole process, and the tasks
   * beside this one, if it finds an error in an exception or its causes, although this program can
   * go on where native memory has run out or a library is missing: so these become an exception
   * without a cause. DL4J wraps what fails in backpropagation.
   */
  static RuntimeException harmless(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError) {
        return new IllegalStateException(
            ("out of memory (%s): use a smaller batch-size or width, fewer tasks at a time, or give the executors more"
                    + " memory")
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

  /** What Spark says of a job whose task failed for good. */
  static Outcome.Failed outcome(ExecutionException failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    String message = String.valueOf(cause.getMessage());
    Matcher mostRecent = MOST_RECENT.matcher(message);
    String reason =
        mostRecent.find()
            ? mostRecent.group(1)
            : message
                .lines()
                .filter(line -> !line.isBlank())
                .findFirst()
                .orElse("for no stated reason");
    boolean storeFailed =
        reason.startsWith(StoreFailureException.class.getName())
            || cause instanceof StoreFailureException;
    return new Outcome.Failed(withoutClass(reason), storeFailed);
  }

  private static String withoutClass(String text) {
    return OURS.matcher(text).replaceFirst("");
  }

  /**
   * How a task tells its driver, through Spark, which passes on an exception's text alone, that the
   * store failed.
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
