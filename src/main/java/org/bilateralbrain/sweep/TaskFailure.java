package org.bilateralbrain.sweep;

import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the reason in the exception with which Spark reports a task that failed for good. */
final class TaskFailure {

  /** "… most recent failure: Lost task 0.3 in stage 5.0 (TID 9) (host executor 1): the.Exception: message". */
  private static final Pattern MOST_RECENT =
      Pattern.compile("most recent failure: Lost task [^\\n]*?\\(TID \\d+\\) \\([^)]*\\): ([^\\n]*)");

  private TaskFailure() {}

  static String reason(ExecutionException failure) {
    String message = String.valueOf(failure.getCause() == null ? failure.getMessage() : failure.getCause().getMessage());
    Matcher mostRecent = MOST_RECENT.matcher(message);
    return mostRecent.find() ? mostRecent.group(1) : message.lines().findFirst().orElse("for no stated reason");
  }
}
