package org.bilateralbrain.data;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Paths and URIs given by users. */
public final class Locations {

  private Locations() {}

  /**
   * @throws DataException if it is neither a valid path nor a valid URI
   */
  public static Path path(String uri) {
    try {
      return new Path(uri);
    } catch (IllegalArgumentException e) {
      throw new DataException(
          "'%s' is not a valid path or URI: %s".formatted(uri, e.getMessage()), e);
    }
  }

  /**
   * The location as an absolute URI: with its file system and, if relative, resolved against the
   * working directory.
   *
   * @throws DataException if its file system can't be reached
   */
  public static String qualified(String uri, Configuration hadoop) {
    return qualified(path(uri), hadoop).toString();
  }

  static Path qualified(Path location, Configuration hadoop) {
    try {
      return fileSystem(location, hadoop).makeQualified(location);
    } catch (IOException e) {
      throw new DataException("%s can't be reached: %s".formatted(location, e.getMessage()), e);
    }
  }

  /** A whole file. */
  public static byte[] read(String uri, Configuration hadoop) throws IOException {
    Path path = path(uri);
    try (var in = fileSystem(path, hadoop).open(path)) {
      return in.readAllBytes();
    }
  }

  static FileSystem fileSystem(Path location, Configuration hadoop) throws IOException {
    try {
      return location.getFileSystem(hadoop);
    } catch (RuntimeException e) { // how Hadoop reports a missing class
      throw new DataException("%s can't be opened: %s".formatted(location, e.getMessage()), e);
    }
  }
}
