package org.bilateralbrain.data;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.CompressorException;
import org.apache.commons.compress.compressors.CompressorStreamFactory;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;

/** Writes data sets in the public formats. */
final class Archives {

  private Archives() {}

  static Path folder(Path folder, Map<String, byte[]> files) throws IOException {
    Files.createDirectories(folder);
    for (var file : files.entrySet()) {
      Files.write(folder.resolve(file.getKey()), file.getValue());
    }
    return folder;
  }

  static Path tarGz(Path archive, String root, Map<String, byte[]> files) throws IOException {
    try (OutputStream out = new GzipCompressorOutputStream(Files.newOutputStream(archive))) {
      tar(out, root, files);
    }
    return archive;
  }

  /**
   * @param compression its name in commons-compress; empty for none
   */
  static void tar(Path archive, String compression, String root, Map<String, byte[]> files)
      throws IOException, CompressorException {
    OutputStream file = Files.newOutputStream(archive);
    try (OutputStream out =
        compression.isEmpty()
            ? file
            : new CompressorStreamFactory().createCompressorOutputStream(compression, file)) {
      tar(out, root, files);
    }
  }

  private static void tar(OutputStream out, String root, Map<String, byte[]> files)
      throws IOException {
    TarArchiveOutputStream tar = new TarArchiveOutputStream(out);
    for (var file : files.entrySet()) {
      TarArchiveEntry entry = new TarArchiveEntry(root + "/" + file.getKey());
      entry.setSize(file.getValue().length);
      tar.putArchiveEntry(entry);
      tar.write(file.getValue());
      tar.closeArchiveEntry();
    }
    tar.finish();
  }

  /** A compressed tar archive with one file of zeros. */
  static void zeros(Path archive, String name, long length)
      throws IOException, CompressorException {
    byte[] piece = new byte[1 << 20];
    try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(archive));
        OutputStream out =
            new CompressorStreamFactory()
                .createCompressorOutputStream(CompressorStreamFactory.ZSTANDARD, file);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      TarArchiveEntry entry = new TarArchiveEntry(name);
      entry.setSize(length);
      tar.putArchiveEntry(entry);
      for (long written = 0; written < length; written += piece.length) {
        tar.write(piece);
      }
      tar.closeArchiveEntry();
    }
  }

  static Path zip(Path archive, String root, Map<String, byte[]> files) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
      for (var file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(root + file.getKey()));
        zip.write(file.getValue());
      }
    }
    return archive;
  }

  static Map<String, byte[]> binary(Images train, Images test) {
    return Map.of("train.bin", records(train), "test.bin", records(test));
  }

  private static byte[] records(Images images) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      RecordFormat.CIFAR.write(images, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
