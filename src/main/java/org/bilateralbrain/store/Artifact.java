package org.bilateralbrain.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.hdfs.BlockMissingException;

/** A committed artifact. */
public final class Artifact {

  private static final int BUFFER_BYTES = 1 << 16;

  private final FileSystem fileSystem;
  private final ArtifactKey key;
  private final Path folder;
  private final Manifest manifest;
  private final Map<String, FileStatus> found;

  /**
   * @param found the files in its folder, by name
   */
  Artifact(
      FileSystem fileSystem,
      ArtifactKey key,
      Path folder,
      Manifest manifest,
      Map<String, FileStatus> found) {
    this.fileSystem = fileSystem;
    this.key = key;
    this.folder = folder;
    this.manifest = manifest;
    this.found = found;
  }

  public ArtifactKey key() {
    return key;
  }

  /**
   * Digest of the weights that it contains; equal weights have equal digests. Empty if it contains
   * no network.
   */
  public Optional<String> weights() {
    return Optional.ofNullable(manifest.weights());
  }

  /** Digests of the weights that it was computed from. */
  public Map<ArtifactKey, String> parents() {
    Map<ArtifactKey, String> parents = new LinkedHashMap<>();
    manifest.parents().forEach((parent, digest) -> parents.put(ArtifactKey.parse(parent), digest));
    return parents;
  }

  /** Version and commit of the program that made it. */
  public String program() {
    return manifest.program();
  }

  /** The folder of its files. */
  Path folder() {
    return folder;
  }

  /** The path of one of its files, for messages and other programs. */
  public Path location(String file) {
    return new Path(folder, file);
  }

  public boolean has(String file) {
    return manifest.files().containsKey(file);
  }

  /** The names of its files except the manifest. */
  public Set<String> files() {
    return Collections.unmodifiableSet(manifest.files().keySet());
  }

  public Metrics metrics() throws IOException {
    return read(Metrics.FILE_NAME, Metrics.class);
  }

  /** Reads a JSON file. */
  public <T extends Record> T read(String file, Class<T> type) throws IOException {
    return Json.decode(read(file), type, location(file));
  }

  /**
   * Reads a file.
   *
   * @throws DamagedArtifactException if it differs from the manifest, so that nobody works with
   *     damaged weights
   */
  public byte[] read(String file) throws IOException {
    Manifest.Content expected = expected(file);
    try (InputStream in = fileSystem.open(new Path(folder, file))) {
      byte[] content = in.readAllBytes();
      String sha256 = HexFormat.of().formatHex(DigestUtils.getSha256Digest().digest(content));
      if (!sha256.equals(expected.sha256())) {
        throw new DamagedArtifactException(key, difference(file, expected, content.length, sha256));
      }
      return content;
    } catch (FileNotFoundException e) {
      throw new DamagedArtifactException(key, file + " is missing");
    } catch (BlockMissingException | ChecksumException e) {
      throw new DamagedArtifactException(key, unreadable(file, e));
    }
  }

  /**
   * Maps a file of up to 2 GiB into memory, outside the heap. A file on the local file system is
   * mapped in place; any other is first copied to the folder for temporary files.
   *
   * @throws DamagedArtifactException if it differs from the manifest
   */
  public ByteBuffer map(String file) throws IOException {
    Manifest.Content expected = expected(file);
    Path path = new Path(folder, file);
    try {
      ByteBuffer content =
          fileSystem instanceof RawLocalFileSystem local
              ? map(local.pathToFile(path).toPath())
              : mapCopy(path);
      MessageDigest sha256 = DigestUtils.getSha256Digest();
      sha256.update(content.duplicate());
      String found = HexFormat.of().formatHex(sha256.digest());
      if (!found.equals(expected.sha256())) {
        throw new DamagedArtifactException(
            key, difference(file, expected, content.capacity(), found));
      }
      return content;
    } catch (FileNotFoundException | NoSuchFileException e) {
      throw new DamagedArtifactException(key, file + " is missing");
    } catch (BlockMissingException | ChecksumException e) {
      throw new DamagedArtifactException(key, unreadable(file, e));
    }
  }

  private ByteBuffer mapCopy(Path path) throws IOException {
    java.nio.file.Path copy = Files.createTempFile("bilateral-", ".tmp");
    try {
      try (InputStream in = fileSystem.open(path)) {
        Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
      }
      return map(copy);
    } finally {
      // The mapping outlives the file's name, so nothing remains even if this process is killed.
      Files.delete(copy);
    }
  }

  private static ByteBuffer map(java.nio.file.Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
    }
  }

  private Manifest.Content expected(String file) throws DamagedArtifactException {
    Manifest.Content expected = manifest.files().get(file);
    if (expected == null) {
      throw new DamagedArtifactException(key, "the manifest lists no file " + file);
    }
    return expected;
  }

  /** The first file that is missing or whose length differs from the manifest. */
  Optional<String> firstWrongLength() {
    for (var entry : manifest.files().entrySet()) {
      FileStatus file = found.get(entry.getKey());
      if (file == null) {
        return Optional.of(entry.getKey() + " is missing");
      }
      if (file.getLen() != entry.getValue().bytes()) {
        return Optional.of(difference(entry.getKey(), entry.getValue(), file.getLen(), ""));
      }
    }
    return Optional.empty();
  }

  /** Reads every file; the first one that differs from the manifest. */
  Optional<String> firstDamage() throws IOException {
    Optional<String> wrongLength = firstWrongLength();
    if (wrongLength.isPresent()) {
      return wrongLength;
    }
    for (var entry : manifest.files().entrySet()) {
      String file = entry.getKey();
      try {
        String sha256 = hash(new Path(folder, file));
        if (!sha256.equals(entry.getValue().sha256())) {
          return Optional.of(difference(file, entry.getValue(), entry.getValue().bytes(), sha256));
        }
      } catch (FileNotFoundException e) {
        return Optional.of(file + " is missing");
      } catch (BlockMissingException | ChecksumException e) {
        return Optional.of(unreadable(file, e));
      }
    }
    return Optional.empty();
  }

  /** For files that HDFS has lost: no intact replica of a block is left. */
  private static String unreadable(String file, IOException e) {
    return "%s can't be read: %s".formatted(file, e.getMessage());
  }

  private static String difference(
      String file, Manifest.Content expected, long bytes, String sha256) {
    return bytes == expected.bytes()
        ? "%s has SHA-256 %s, but the manifest says %s".formatted(file, sha256, expected.sha256())
        : "%s has %s bytes, but the manifest says %s".formatted(file, bytes, expected.bytes());
  }

  private String hash(Path path) throws IOException {
    try (DigestInputStream in =
        new DigestInputStream(fileSystem.open(path), DigestUtils.getSha256Digest())) {
      byte[] buffer = new byte[BUFFER_BYTES];
      while (in.read(buffer) >= 0) {
        // the stream updates the digest
      }
      return HexFormat.of().formatHex(in.getMessageDigest().digest());
    }
  }
}
