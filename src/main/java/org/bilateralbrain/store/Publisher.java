package org.bilateralbrain.store;

import java.io.IOException;
import java.util.Set;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DistributedFileSystem;

/**
 * Makes a file visible whole or not at all, replacing an older one of the same name: notes and
 * tables, which come again. Artifacts don't depend on it, see {@link Commits}.
 *
 * <p>Object stores show an object when its upload is complete, and rename by copying, so that there
 * it is written in place. File systems show half-written files but rename at a stroke, so that
 * there it is written under another name first.
 */
final class Publisher {

  private static final Set<String> OBJECT_STORES = Set.of("s3a", "s3", "gs", "oss", "cosn", "obs");

  private Publisher() {}

  static void publish(FileSystem fileSystem, Path path, byte[] content) throws IOException {
    publish(fileSystem, path, out -> out.write(content));
  }

  static void publish(FileSystem fileSystem, Path path, WholeFile.Content content)
      throws IOException {
    if (OBJECT_STORES.contains(fileSystem.getUri().getScheme())) {
      WholeFile.createOrOverwrite(fileSystem, path, content);
      return;
    }
    Path draft = new Path(path.getParent(), "." + path.getName() + "." + UUID.randomUUID());
    WholeFile.create(fileSystem, draft, content);
    if (fileSystem instanceof DistributedFileSystem hdfs) {
      hdfs.rename(draft, path, Options.Rename.OVERWRITE);
    } else {
      replace(fileSystem, draft, path);
    }
  }

  /** For file systems that may not rename onto an existing file. */
  private static void replace(FileSystem fileSystem, Path draft, Path path) throws IOException {
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
}
