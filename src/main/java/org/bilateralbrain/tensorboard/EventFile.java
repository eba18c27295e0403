package org.bilateralbrain.tensorboard;

import java.time.Instant;

/** The names of event files. TensorBoard takes every folder that holds such a file for a run. */
public final class EventFile {

  /** What TensorBoard tells an event file by, wherever in its name it stands. */
  private static final String MARK = "tfevents";

  private EventFile() {}

  /**
   * @param started when the run was; TensorBoard reads several files of one run in the order of
   *     their names
   * @param run tells the file from others if they are ever put into one folder
   */
  public static String name(Instant started, String run) {
    return "events.out.%s.%s.%s".formatted(MARK, started.getEpochSecond(), run);
  }

  static boolean isName(String file) {
    return file.contains(MARK);
  }
}
