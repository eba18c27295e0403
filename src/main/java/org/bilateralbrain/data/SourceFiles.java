package org.bilateralbrain.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.compressors.CompressorException;
import org.apache.commons.compress.compressors.CompressorStreamFactory;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The files of a data set, from a folder, a zip archive, or a tar archive (plain or compressed with
 * gzip, bzip2, xz or Zstandard) on any Hadoop file system. An archive is never unpacked to disk.
 * Files with other names are not opened, and what is read is bounded.
 *
 * @param location where they come from, for messages
 * @param contents the wanted files that exist, by name without folder
 * @param others names of other files that were seen, for messages
 */
record SourceFiles(String location, Map<String, byte[]> contents, Set<String> others) {

  /**
   * Of all files that are kept, and of a zip archive: well above CIFAR-100 (184 MB), well below
   * what would exhaust memory.
   */
  private static final long MAX_BYTES_OF_IMAGES = 512L << 20;

  /** For files without images: names and descriptions. */
  private static final long MAX_BYTES_OF_NAMES = 1L << 20;

  /** Of everything in a tar archive. */
  private static final long MAX_BYTES_OF_ARCHIVE = 2L << 30;

  /** Of a decompressor; xz -9 needs 65 MiB. */
  private static final int MAX_KIB_OF_DICTIONARY = 256 << 10;

  private static final Set<String> COMPRESSORS =
      Set.of(
          CompressorStreamFactory.GZIP,
          CompressorStreamFactory.BZIP2,
          CompressorStreamFactory.XZ,
          CompressorStreamFactory.ZSTANDARD);

  private static final Set<String> WITH_IMAGES = Set.of("train.bin", "test.bin", "train", "test");

  private static final int MAX_NAMES_KEPT = 20;

  /**
   * @throws DataException if the location does not exist or an archive is damaged
   */
  static SourceFiles read(Path location, Configuration hadoop, Set<String> wanted) {
    try {
      FileSystem fileSystem = Locations.unchecked(location, hadoop);
      if (fileSystem.getFileStatus(location).isDirectory()) {
        return ofFolder(fileSystem, location, wanted);
      }
      SourceFiles files = at(location);
      files.readArchive(fileSystem, location, wanted);
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

  private static SourceFiles at(Path location) {
    return new SourceFiles(location.toString(), new HashMap<>(), new TreeSet<>());
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

  /** Likewise. */
  List<ByteBuffer> buffers(String file) {
    return List.of(ByteBuffer.wrap(content(file)));
  }

  /** A folder with wanted files, or the only one with such files in a folder that has none. */
  private static SourceFiles ofFolder(FileSystem fileSystem, Path folder, Set<String> wanted)
      throws IOException {
    SourceFiles files = at(folder);
    files.readFolder(fileSystem, folder, wanted);
    if (!files.contents.isEmpty()) {
      return files;
    }
    List<Path> inside = new ArrayList<>();
    for (FileStatus status : fileSystem.listStatus(folder)) {
      if (status.isDirectory() && holdsAny(fileSystem, status.getPath(), wanted)) {
        inside.add(status.getPath());
      }
    }
    if (inside.size() > 1) {
      throw new IOException(
          "several of its folders hold a data set; give one of them: %s"
              .formatted(String.join(", ", inside.stream().map(Path::getName).sorted().toList())));
    }
    if (inside.size() == 1) {
      files = at(inside.get(0));
      files.readFolder(fileSystem, inside.get(0), wanted);
    }
    return files;
  }

  private static boolean holdsAny(FileSystem fileSystem, Path folder, Set<String> wanted) {
    try {
      for (FileStatus status : fileSystem.listStatus(folder)) {
        if (status.isFile() && wanted.contains(status.getPath().getName())) {
          return true;
        }
      }
      return false;
    } catch (IOException e) { // a folder beside the data that may not be listed
      return false;
    }
  }

  private void readFolder(FileSystem fileSystem, Path folder, Set<String> wanted)
      throws IOException {
    for (FileStatus status : fileSystem.listStatus(folder)) {
      String name = status.getPath().getName();
      if (!wanted.contains(name) || !status.isFile()) {
        noteOther(name);
        continue;
      }
      Locations.requireRegular(status.getPath(), fileSystem);
      try (InputStream in = fileSystem.open(status.getPath())) {
        keep(name, status.getLen(), in);
      }
    }
  }

  private void readArchive(FileSystem fileSystem, Path archive, Set<String> wanted)
      throws IOException {
    Locations.requireRegular(archive, fileSystem);
    try (InputStream raw = new BufferedInputStream(fileSystem.open(archive), 1 << 16)) {
      raw.mark(2);
      byte[] signature = raw.readNBytes(2);
      raw.reset();
      if (signature.length == 2 && signature[0] == 'P' && signature[1] == 'K') {
        readZip(new Bounded(raw, MAX_BYTES_OF_IMAGES).readAllBytes(), wanted);
      } else {
        readTar(raw, wanted);
      }
    } catch (RuntimeException | CompressorException e) { // how the library reports some damage
      throw new IOException("not a zip or tar archive (%s)".formatted(e.getMessage()), e);
    }
    if (contents.isEmpty() && others.isEmpty()) {
      throw new IOException("not a zip or tar archive, or an empty one");
    }
  }

  private void readZip(byte[] archive, Set<String> wanted) throws IOException {
    try (ZipFile zip = new ZipFile(new SeekableInMemoryByteChannel(archive))) {
      for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
        String name = new Path("/" + entry.getName()).getName();
        if (entry.isDirectory()) {
          continue;
        }
        if (!wanted.contains(name)) {
          noteOther(name);
          continue;
        }
        try (InputStream in = zip.getInputStream(entry)) {
          keep(name, entry.getSize(), in);
        }
      }
    }
  }

  private void readTar(InputStream raw, Set<String> wanted)
      throws IOException, CompressorException {
    try (InputStream decompressed = new Bounded(decompressed(raw), MAX_BYTES_OF_ARCHIVE);
        TarArchiveInputStream tar = new TarArchiveInputStream(decompressed)) {
      for (TarArchiveEntry entry = tar.getNextTarEntry();
          entry != null;
          entry = tar.getNextTarEntry()) {
        String name = new Path("/" + entry.getName()).getName();
        if (entry.isFile() && wanted.contains(name)) {
          keep(name, entry.getSize(), tar);
        } else if (entry.isFile()) {
          noteOther(name);
        }
      }
      decompressed.transferTo(
          OutputStream.nullOutputStream()); // to the end, where gzip stores its checksum
    }
  }

  private static InputStream decompressed(InputStream raw) throws CompressorException {
    String kind;
    try {
      kind = CompressorStreamFactory.detect(raw);
    } catch (CompressorException e) { // its signature is none of a compressor's
      return raw;
    }
    if (!COMPRESSORS.contains(kind)) {
      throw new CompressorException("it is compressed with %s".formatted(kind));
    }
    return new CompressorStreamFactory(true, MAX_KIB_OF_DICTIONARY)
        .createCompressorInputStream(kind, raw);
  }

  private void noteOther(String name) {
    if (others.size() < MAX_NAMES_KEPT) {
      others.add(name);
    }
  }

  private void keep(String name, long length, InputStream in) throws IOException {
    if (length > (WITH_IMAGES.contains(name) ? MAX_BYTES_OF_IMAGES : MAX_BYTES_OF_NAMES)) {
      throw new IOException(
          "%s has %s bytes, too many for a data set of 32x32 images".formatted(name, length));
    }
    long kept = contents.values().stream().mapToLong(content -> content.length).sum();
    if (length < 0 || kept + length > MAX_BYTES_OF_IMAGES) {
      throw new IOException("its files are too large for a data set of 32x32 images");
    }
    byte[] content = in.readNBytes((int) length);
    if (content.length < length) {
      throw new EOFException(name);
    }
    if (contents.put(name, content) != null) {
      throw new IOException("it contains %s twice".formatted(name));
    }
  }

  /** Refuses to go on after so many bytes. */
  private static final class Bounded extends FilterInputStream {
    private final long limit;
    private long count;

    Bounded(InputStream in, long limit) {
      super(in);
      this.limit = limit;
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      count(value < 0 ? 0 : 1);
      return value;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int read = super.read(target, offset, length);
      count(Math.max(0, read));
      return read;
    }

    @Override
    public long skip(long bytes) throws IOException {
      long skipped = super.skip(bytes);
      count(skipped);
      return skipped;
    }

    private void count(long bytes) throws IOException {
      count += bytes;
      if (count > limit) {
        throw new IOException(
            "it is larger than %s MiB, decompressed; unpack it and give the folder"
                .formatted(limit >> 20));
      }
    }
  }
}
