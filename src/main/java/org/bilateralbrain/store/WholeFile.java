package org.bilateralbrain.store;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;

/** Writes a file to its end or not at all, as far as the file system lets it. */
public final class WholeFile {

  /** Writes one file's content. */
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  private WholeFile() {}

  /** Writes a file that is not there yet. */
  static void create(FileSystem fileSystem, Path path, Content content) throws IOException {
    write(fileSystem.create(path, false), content);
  }

  /** Writes a file in place of what may be there. */
  public static void createOrOverwrite(FileSystem fileSystem, Path path, Content content)
      throws IOException {
    write(fileSystem.create(path, true), content);
  }

  /**
   * Closing an object store's stream completes the upload, whatever part of the content it has got:
   * so after a failure the upload is abandoned, and what was there before stays.
   */
  private static void write(FSDataOutputStream out, Content content) throws IOException {
    try {
      content.writeTo(out);
    } catch (IOException | RuntimeException | Error failure) {
      try {
        if (out.hasCapability(StreamCapabilities.ABORTABLE_STREAM)) {
          out.abort();
        }
        out.close(); // after an abort it only lets go of the stream
      } catch (IOException | RuntimeException afterwards) {
        failure.addSuppressed(afterwards);
      }
      throw failure;
    }
    out.close();
  }
}
