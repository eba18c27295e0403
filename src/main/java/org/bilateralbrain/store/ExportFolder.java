package org.bilateralbrain.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A folder outside of the store, on any Hadoop file system, into which results are copied. */
public final class ExportFolder {

  private final FileSystem fileSystem;
  private final Path root;

  private ExportFolder(FileSystem fileSystem, Path root) {
    this.fileSystem = fileSystem;
    this.root = root;
  }

  /**
   * @param uri of the folder, which need not exist; relative to the working directory
   * @throws IOException if the URI's file system is unknown or can't be reached
   */
  public static ExportFolder at(String uri, Configuration hadoop) throws IOException {
    try {
      FileSystem fileSystem = new Path(uri).getFileSystem(hadoop);
      fileSystem.setWriteChecksum(false); // no .crc files beside the results
      return new ExportFolder(fileSystem, fileSystem.makeQualified(new Path(uri)));
    } catch (RuntimeException e) { // how Hadoop reports a malformed URI and a missing class
      throw new IOException("%s can't be opened: %s".formatted(uri, e.getMessage()), e);
    }
  }

  /** The folder that a file is in. */
  public static ExportFolder ofFile(String uri, Configuration hadoop) throws IOException {
    ExportFolder file = at(uri, hadoop);
    if (file.root.getParent() == null) {
      throw new IOException("%s is not a file's name".formatted(uri));
    }
    return new ExportFolder(file.fileSystem, file.root.getParent());
  }

  /** The last part of a file's URI. */
  public static String fileName(String uri) {
    return new Path(uri).getName();
  }

  /** The names of the files in a subfolder; none if there is no such folder. */
  public List<String> files(String subfolder) throws IOException {
    List<String> names = new ArrayList<>();
    Path folder = new Path(root, subfolder);
    if (fileSystem.exists(folder)) {
      for (FileStatus file : fileSystem.listStatus(folder)) {
        names.add(file.getPath().getName());
      }
    }
    return names;
  }

  /**
   * Writes a file as a whole, in place of an older one.
   *
   * @param file its path in the folder, whose subfolders are made
   */
  public void createOrOverwrite(String file, WholeFile.Content content) throws IOException {
    Path path = new Path(root, file);
    fileSystem.mkdirs(path.getParent());
    WholeFile.createOrOverwrite(fileSystem, path, content);
  }

  public void delete(String file) throws IOException {
    fileSystem.delete(new Path(root, file), false);
  }

  /** The absolute URI of a file in it. */
  public String location(String file) {
    return new Path(root, file).toString();
  }
}
