package org.bilateralbrain.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The files of a data set, from a folder or a tar archive (compressed or not) on any Hadoop file
 * system. An archive is read in one pass and never unpacked to disk.
 *
 * @param location where they come from, for messages
 * @param contents the wanted files that exist, by name without folder
 * @param others names of other files that were seen, for messages
 */
record SourceFiles(String location, Map<String, byte[]> contents, Set<String> others) {

  /** Well above CIFAR-100's largest file (154 MB), well below what would exhaust memory. */
  private static final long MAX_BYTES_OF_IMAGES = 512L << 20;

  /** For files without images: names and descriptions. */
  private static final long MAX_BYTES_OF_NAMES = 1L << 20;

  private static final Set<String> WITH_IMAGES = Set.of("train.bin", "test.bin", "train", "test");

  private static final int MAX_NAMES_KEPT = 20;

  /**
   * @throws DataException if the location does not exist or an archive is damaged
   */
  static SourceFiles read(Path location, Configuration hadoop, Set<String> wanted) {
    SourceFiles files = new SourceFiles(location.toString(), new HashMap<>(), new TreeSet<>());
    try {
      FileSystem fileSystem = Locations.fileSystem(location, hadoop);
      if (fileSystem.getFileStatus(location).isDirectory()) {
        files.readFolder(fileSystem, location, wanted);
      } else {
        files.readArchive(fileSystem, location, wanted);
      }
      return files;
    } catch (FileNotFoundException e) {
      throw new DataException(
          "File or folder %s not found or not readable (%s); give the archive or prepared folder"
              .formatted(location, e.getMessage()),
          e);
    } catch (EOFException e) {
      throw new DataException("%s is truncated; download it again".formatted(location), e);
    } catch (IOException e) {
      throw new DataException("%s can't be read: %s".formatted(location, e.getMessage()), e);
    }
  }

  boolean has(String... names) {
    return contents.keySet().containsAll(Set.of(names));
  }

  /** The names of all files that were seen, for messages. */
  String seen() {
    return contents.isEmpty() && others.isEmpty()
        ? "nothing"
        : String.join(", ", contents.keySet()) + " " + String.join(", ", others);
  }

  /** A file's name with its location, for messages. */
  String nameOf(String file) {
    return location + ": " + file;
  }

  /** Of a wanted file that is there. */
  byte[] content(String file) {
    return Objects.requireNonNull(contents.get(file), file);
  }

  private void readFolder(FileSystem fileSystem, Path folder, Set<String> wanted)
      throws IOException {
    for (FileStatus status : fileSystem.listStatus(folder)) {
      if (status.isFile()) {
        try (InputStream in = fileSystem.open(status.getPath())) {
          keep(status.getPath().getName(), status.getLen(), in, wanted);
        }
      }
    }
  }

  private void readArchive(FileSystem fileSystem, Path archive, Set<String> wanted)
      throws IOException {
    try (InputStream raw = new BufferedInputStream(fileSystem.open(archive), 1 << 16);
        InputStream decompressed = decompressed(raw);
        TarArchiveInputStream tar = new TarArchiveInputStream(decompressed)) {
      for (TarArchiveEntry entry = tar.getNextTarEntry();
          entry != null;
          entry = tar.getNextTarEntry()) {
        if (entry.isFile()) {
          keep(new Path("/" + entry.getName()).getName(), entry.getSize(), tar, wanted);
        }
      }
      decompressed.transferTo(
          OutputStream.nullOutputStream()); // to the end, where gzip stores its checksum
    } catch (IllegalArgumentException e) {
      throw new IOException("not a tar archive (%s)".formatted(e.getMessage()), e);
    }
    if (contents.isEmpty() && others.isEmpty()) {
      throw new IOException("not a tar archive, or an empty one");
    }
  }

  private static InputStream decompressed(InputStream raw) throws IOException {
    raw.mark(2);
    byte[] signature = raw.readNBytes(2);
    raw.reset();
    return GzipCompressorInputStream.matches(signature, signature.length)
        ? new GzipCompressorInputStream(raw, true)
        : raw;
  }

  private void keep(String name, long length, InputStream in, Set<String> wanted)
      throws IOException {
    if (!wanted.contains(name)) {
      if (others.size() < MAX_NAMES_KEPT) {
        others.add(name);
      }
      return;
    }
    if (length > (WITH_IMAGES.contains(name) ? MAX_BYTES_OF_IMAGES : MAX_BYTES_OF_NAMES)) {
      throw new IOException(
          "%s has %s bytes, too many for a data set of 32x32 images".formatted(name, length));
    }
    byte[] content = in.readNBytes((int) length);
    if (content.length < length) {
      throw new EOFException(name);
    }
    if (contents.put(name, content) != null) {
      throw new IOException("it contains %s twice".formatted(name));
    }
  }
}
