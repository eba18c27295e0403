package org.bilateralbrain.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * The bytes of a file that may be larger than the memory: a local file is mapped, a large one from
 * elsewhere is copied to a temporary file first.
 */
final class LocalCopy {

  /** Smaller files from elsewhere are read into memory. */
  private static final long MAX_BYTES_IN_MEMORY = 256L << 20;

  private LocalCopy() {}

  /**
   * @param pieceBytes of each piece but the last
   */
  static List<ByteBuffer> map(FileSystem fileSystem, Path file, int pieceBytes) throws IOException {
    Locations.requireRegular(file, fileSystem);
    if (fileSystem instanceof RawLocalFileSystem local) {
      return map(local.pathToFile(file).toPath(), pieceBytes);
    }
    long length = fileSystem.getFileStatus(file).getLen();
    try (InputStream in = fileSystem.open(file)) {
      if (length <= Math.min(MAX_BYTES_IN_MEMORY, pieceBytes)) {
        byte[] content = in.readNBytes((int) length);
        if (content.length < length) {
          throw new EOFException("%s ends after %s bytes".formatted(file, content.length));
        }
        return List.of(ByteBuffer.wrap(content));
      }
      java.nio.file.Path copy = Files.createTempFile("bilateral-", "-" + file.getName());
      try {
        Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
        return map(copy, pieceBytes);
      } finally {
        Files.delete(copy); // Linux keeps what is mapped
      }
    }
  }

  private static List<ByteBuffer> map(java.nio.file.Path file, int pieceBytes) throws IOException {
    List<ByteBuffer> pieces = new ArrayList<>();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long length = channel.size();
      for (long start = 0; start < length; start += pieceBytes) {
        long bytes = Math.min(pieceBytes, length - start);
        pieces.add(channel.map(FileChannel.MapMode.READ_ONLY, start, bytes));
      }
    }
    return pieces;
  }
}
