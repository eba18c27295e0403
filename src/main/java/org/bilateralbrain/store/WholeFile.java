package org.bilateralbrain.store;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Set;
import java.util.UUID;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.hdfs.DistributedFileSystem;

/** Writes a file completely or not at all, as far as the file system allows, and reads it. */
public final class WholeFile {

  private static final Set<String> OBJECT_STORES = Set.of("s3a", "s3", "gs", "oss", "cosn", "obs");

  /** Writes the content of one file. */
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  private WholeFile() {}

  /** Writes a new file; fails if it exists. */
  static void create(FileSystem fileSystem, Path path, Content content) throws IOException {
    write(fileSystem.create(path, false), content);
  }

  /** Writes a file, replacing an existing one. */
  public static void createOrOverwrite(FileSystem fileSystem, Path path, Content content)
      throws IOException {
    write(fileSystem.create(path, true), content);
  }

  /**
   * Replaces a file so that readers see its old or its new content, never a part of it (and briefly
   * no file, if the file system refuses to rename onto an existing one): for progress, tables and
   * other files that are written again and again. Artifacts don't depend on it, see {@link
   * Commits}.
   *
   * <p>Object stores show an object only when its upload is complete, and rename by copying, so
   * there the file is written in place. Other file systems show files while they are being written,
   * but rename atomically, so there the file is written under another name first.
   */
  static void replace(FileSystem fileSystem, Path path, Content content) throws IOException {
    if (OBJECT_STORES.contains(fileSystem.getUri().getScheme())) {
      createOrOverwrite(fileSystem, path, content);
      return;
    }
    Path draft = new Path(path.getParent(), "." + path.getName() + "." + UUID.randomUUID());
    create(fileSystem, draft, content);
    if (fileSystem instanceof DistributedFileSystem hdfs) {
      hdfs.rename(draft, path, Options.Rename.OVERWRITE);
    } else {
      rename(fileSystem, draft, path);
    }
  }

  /** For file systems that may refuse to rename onto an existing file. */
  private static void rename(FileSystem fileSystem, Path draft, Path path) throws IOException {
    if (fileSystem.rename(draft, path)) {
      return;
    }
    fileSystem.delete(path, false);
    if (!fileSystem.rename(draft, path)) {
      fileSystem.delete(draft, false);
      throw new IOException("%s could not be renamed to %s".formatted(draft, path));
    }
  }

  static byte[] read(FileSystem fileSystem, Path path) throws IOException {
    try (var in = fileSystem.open(path)) {
      return in.readAllBytes();
    }
  }

  /**
   * Closing an object store's stream completes the upload, however little of the content was
   * written. So after a failure the upload is aborted, and what was there before stays.
   */
  private static void write(FSDataOutputStream out, Content content) throws IOException {
    try {
      content.writeTo(out);
    } catch (IOException | RuntimeException | Error failure) {
      try {
        if (out.hasCapability(StreamCapabilities.ABORTABLE_STREAM)) {
          out.abort();
        }
        out.close(); // after an abort this only releases the stream
      } catch (IOException | RuntimeException afterwards) {
        failure.addSuppressed(afterwards);
      }
      throw failure;
    }
    out.close();
  }
}
