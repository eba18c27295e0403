package org.bilateralbrain.faults;

import java.io.IOException;
import org.apache.hadoop.fs.Path;

/** Which operations of a file system fail, and when. */
public interface Faults {

  /** Operations of a file system. */
  enum Operation {
    CREATE,
    WRITE,
    CLOSE,
    RENAME,
    DELETE,
    /** Opening or listing, or reading a file's metadata. */
    READ
  }

  /**
   * Called before each operation; may throw, sleep or kill.
   *
   * @throws IOException if the operation is to fail; a write then writes its first half
   */
  void before(Operation operation, Path path) throws IOException;

  /** Called after a file was closed successfully. */
  default void afterClose(Path path) {}

  /** Whether a rename reports success but does nothing. */
  default boolean renameLies(Path from) {
    return false;
  }

  /** The path that is really used. */
  default Path leadsTo(Path path) {
    return path;
  }
}
