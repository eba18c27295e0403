package org.bilateralbrain.faults;

import java.io.IOException;
import org.apache.hadoop.fs.Path;

/** What goes wrong with a file system, and when. */
public interface Faults {

  /** What is asked of a file system. */
  enum Operation {
    CREATE,
    WRITE,
    CLOSE,
    RENAME,
    DELETE,
    /** Opening, listing, looking at a file or folder. */
    READ
  }

  /**
   * Called before each operation; may throw, sleep or kill.
   *
   * @throws IOException if the operation shall fail; a write then has written its first half
   */
  void before(Operation operation, Path path) throws IOException;

  /** Called when a file was closed without a failure. */
  default void afterClose(Path path) {}

  /** Whether a rename shall report success and do nothing. */
  default boolean renameLies(Path from) {
    return false;
  }

  /** Where a path leads. */
  default Path leadsTo(Path path) {
    return path;
  }
}
