package org.bilateralbrain.data;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Paths and URIs as users write them. */
public final class Locations {

  private Locations() {}

  /**
   * @throws DataException if it is neither a path nor a URI
   */
  public static Path path(String uri) {
    try {
      return new Path(uri);
    } catch (IllegalArgumentException e) {
      throw new DataException("'%s' is no path or URI: %s".formatted(uri, e.getMessage()), e);
    }
  }

  /**
   * The location with its file system and, if it was relative, with the current folder before it.
   */
  public static Path qualified(Path location, Configuration hadoop) {
    try {
      return fileSystem(location, hadoop).makeQualified(location);
    } catch (IOException e) {
      throw new DataException("%s can't be reached: %s".formatted(location, e.getMessage()), e);
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
