package org.bilateralbrain.store;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Set;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Makes a small file visible whole or not at all, replacing an older one of the same name.
 *
 * <p>Object stores show an object when its upload is complete, and rename by copying, so that there it is written in
 * place. File systems show half-written files but rename at a stroke, so that there it is written under another name
 * first.
 */
final class Publisher {

  private static final Set<String> RENAME_AT_A_STROKE = Set.of("file", "hdfs", "viewfs", "webhdfs");

  private Publisher() {}

  static void publish(FileSystem fileSystem, Path path, byte[] content) throws IOException {
    if (RENAME_AT_A_STROKE.contains(fileSystem.getUri().getScheme())) {
      Path draft = new Path(path.getParent(), "." + path.getName() + "." + UUID.randomUUID());
      write(fileSystem, draft, content);
      replace(fileSystem, draft, path);
    } else {
      write(fileSystem, path, content);
    }
  }

  private static void replace(FileSystem fileSystem, Path draft, Path path) throws IOException {
    if (!fileSystem.rename(draft, path)) {
      // HDFS doesn't rename onto an existing file.
      fileSystem.delete(path, false);
      if (!fileSystem.rename(draft, path) && !fileSystem.exists(path)) {
        throw new IOException("%s could not be renamed to %s".formatted(draft, path));
      }
    }
  }

  private static void write(FileSystem fileSystem, Path path, byte[] content) throws IOException {
    try (OutputStream out = fileSystem.create(path, true)) {
      out.write(content);
    }
  }

  static byte[] read(FileSystem fileSystem, Path path) throws IOException {
    try (var in = fileSystem.open(path)) {
      return in.readAllBytes();
    }
  }
}
