package org.bilateralbrain.sweep;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bilateralbrain.data.DataException;
import org.bilateralbrain.train.TrainingFailed;

/** Why tasks fail, for people, and whether trying again is of use. */
final class TaskFailure {

  /** "… most recent failure: Lost task 0.3 in stage 5.0 (TID 9) (host executor 1): the.Exception: message". */
  private static final Pattern MOST_RECENT =
      Pattern.compile("most recent failure: Lost task [^\\n]*?\\(TID \\d+\\) \\([^)]*\\): ([^\\n]*)");

  private TaskFailure() {}

  /**
   * The reason of a failure that would come again; any other failure is thrown on, so that Spark tries again, elsewhere if
   * it can.
   */
  static String lasting(Throwable failure) throws Exception {
    if (isLasting(failure)) {
      return inWords(failure);
    }
    throw failure instanceof Exception exception ? exception : new IllegalStateException(failure);
  }

  private static boolean isLasting(Throwable failure) {
    return failure instanceof TrainingFailed
        || outOfMemory(failure).isPresent()
        || failure instanceof DataException data && !data.mayPass();
  }

  /** Any failure; with a remedy where there is one. */
  static String inWords(Throwable failure) {
    Optional<Throwable> outOfMemory = outOfMemory(failure);
    if (outOfMemory.isPresent()) {
      return "out of memory (%s): use a smaller batch-size or width, fewer tasks at a time, or give the executors more memory"
          .formatted(outOfMemory.get().getMessage());
    }
    boolean isForPeople = failure instanceof TrainingFailed || failure instanceof DataException;
    return isForPeople ? failure.getMessage() : failure.toString();
  }

  /**
   * The failed allocation behind a failure: DL4J wraps what fails in backpropagation in an exception, and on an exception
   * with that cause Spark ends the whole process.
   */
  private static Optional<Throwable> outOfMemory(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
        .filter(OutOfMemoryError.class::isInstance)
        .findFirst();
  }

  /** The reason in the exception with which Spark reports a task that failed for good. */
  static String reason(ExecutionException failure) {
    String message = String.valueOf(failure.getCause() == null ? failure.getMessage() : failure.getCause().getMessage());
    Matcher mostRecent = MOST_RECENT.matcher(message);
    return mostRecent.find() ? mostRecent.group(1) : message.lines().findFirst().orElse("for no stated reason");
  }
}
