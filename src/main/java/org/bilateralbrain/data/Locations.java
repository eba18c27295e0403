package org.bilateralbrain.data;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** Paths and URIs given by users. */
public final class Locations {

  private Locations() {}

  /**
   * A path in which {@code ~} at the start, not replaced by a shell, stands for the home folder.
   */
  public static String inHome(String path) {
    if (!path.equals("~") && !path.startsWith("~/")) {
      return path;
    }
    String home = System.getenv("HOME");
    return (home == null || home.isBlank() ? System.getProperty("user.home") : home)
        + path.substring(1);
  }

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

  /** Whether it says on which file system it is, instead of leaving that to Hadoop's settings. */
  public static boolean namesFileSystem(String uri) {
    return path(uri).toUri().getScheme() != null;
  }

  /** Whether there is a file, not a folder. */
  public static boolean isFile(String uri, Configuration hadoop) throws IOException {
    Path path = path(uri);
    FileSystem fileSystem = fileSystem(path, hadoop);
    return fileSystem.exists(path) && fileSystem.getFileStatus(path).isFile();
  }

  /** A whole file. */
  public static byte[] read(String uri, Configuration hadoop) throws IOException {
    return read(uri, hadoop, Integer.MAX_VALUE);
  }

  /**
   * A whole file.
   *
   * @throws IOException also if it is larger than that
   */
  static byte[] read(String uri, Configuration hadoop, int maxBytes) throws IOException {
    Path path = path(uri);
    FileSystem fileSystem = unchecked(path, hadoop);
    if (fileSystem instanceof RawLocalFileSystem local) {
      return readLocal(local.pathToFile(path).toPath(), maxBytes);
    }
    requireAtMost(maxBytes, fileSystem.getFileStatus(path).getLen());
    try (var in = fileSystem.open(path)) {
      return in.readAllBytes();
    }
  }

  /** In a fraction of the time that Hadoop's stream takes, which matters for small files. */
  private static byte[] readLocal(java.nio.file.Path file, int maxBytes) throws IOException {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      if (!found.isRegularFile()) {
        throw notRegular(file.getFileName().toString());
      }
      requireAtMost(maxBytes, found.size());
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new FileNotFoundException("File %s does not exist".formatted(file));
    }
  }

  private static IOException notRegular(String name) {
    return new IOException("%s is not a regular file".formatted(name));
  }

  private static void requireAtMost(int maxBytes, long bytes) throws IOException {
    if (bytes > maxBytes) {
      throw new IOException("it has %s bytes, too many".formatted(bytes));
    }
  }

  /**
   * The file system of data that has checksums of its own or none: files of Hadoop's beside them,
   * which may be left over from other data, are not read.
   */
  static FileSystem unchecked(Path location, Configuration hadoop) throws IOException {
    FileSystem fileSystem = fileSystem(location, hadoop);
    return fileSystem instanceof LocalFileSystem local ? local.getRawFileSystem() : fileSystem;
  }

  /** Opening a pipe would wait for ever for someone to write to it. */
  static void requireRegular(Path file, FileSystem fileSystem) throws IOException {
    if (fileSystem instanceof RawLocalFileSystem local
        && Files.exists(local.pathToFile(file).toPath())
        && !Files.isRegularFile(local.pathToFile(file).toPath())) {
      throw notRegular(file.getName());
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
