package org.bilateralbrain.store;

import java.io.IOException;
import java.security.DigestOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.output.CountingOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at an artifact. Files are written to the attempt's own folder; {@link #commit} turns
 * them into the artifact. If closed without a commit, it removes them.
 */
public final class ArtifactWriter implements AutoCloseable {

  private static final long ABSENT = -1;

  private final FileSystem fileSystem;
  private final ArtifactKey key;
  private final Path folder;
  private final TreeMap<String, Manifest.Content> files = new TreeMap<>();
  private final TreeMap<String, String> parents = new TreeMap<>();
  private @Nullable String weights;
  private boolean committing;

  ArtifactWriter(FileSystem fileSystem, ArtifactKey key, Path folder) {
    this.fileSystem = fileSystem;
    this.key = key;
    this.folder = folder;
  }

  public void write(String file, WholeFile.Content content) throws IOException {
    Path path = new Path(folder, file);
    var digest = DigestUtils.getSha256Digest();
    long[] bytes = new long[1];
    WholeFile.create(
        fileSystem,
        path,
        out -> {
          CountingOutputStream counting =
              new CountingOutputStream(new DigestOutputStream(out, digest));
          content.writeTo(counting);
          counting.flush();
          bytes[0] = counting.getByteCount();
        });
    files.put(file, new Manifest.Content(bytes[0], HexFormat.of().formatHex(digest.digest())));
    requireWhole(file, bytes[0], fileSystem.getFileStatus(path).getLen());
  }

  /**
   * Records which weights the artifact contains.
   *
   * @param digest depends on the weights only, not on the file format
   */
  public void holds(String digest) {
    weights = digest;
  }

  /**
   * Records which weights the artifact was computed from: once its parents have others, it is
   * outdated.
   *
   * @param digests by parent, as returned by {@link Artifact#weights}
   */
  public void computedFrom(Map<ArtifactKey, String> digests) {
    digests.forEach((parent, digest) -> parents.put(parent.toString(), digest));
  }

  /**
   * The commit point: once the manifest exists, the artifact exists. Each of several attempts at
   * the same artifact commits its own complete files, so that any of them is valid.
   *
   * @throws IOException if a file is missing or truncated, or the manifest can't be read back
   *     although the file system reported success
   */
  public void commit() throws IOException {
    Path path = new Path(folder, Manifest.FILE_NAME);
    byte[] json = Json.encode(new Manifest(Program.running().toString(), weights, parents, files));
    requireAll(); // gc may have removed files of a writer that it took for dead
    // From here on the manifest may exist, whatever happens: never remove the files that it lists.
    committing = true;
    WholeFile.create(fileSystem, path, out -> out.write(json));
    if (!Arrays.equals(WholeFile.read(fileSystem, path), json)) {
      throw new IOException(
          "Artifact %s: %s was written, but reads back differently".formatted(key, path));
    }
    requireAll(); // until the manifest existed, gc may still have removed files
  }

  private void requireAll() throws IOException {
    Map<String, FileStatus> found = Commits.files(fileSystem, folder);
    for (Map.Entry<String, Manifest.Content> file : files.entrySet()) {
      FileStatus status = found.get(file.getKey());
      requireWhole(
          file.getKey(), file.getValue().bytes(), status == null ? ABSENT : status.getLen());
    }
  }

  private void requireWhole(String file, long written, long found) throws IOException {
    if (found != written) {
      throw new IOException(
          "Artifact %s: %s bytes were written to %s, but %s"
              .formatted(
                  key,
                  written,
                  new Path(folder, file),
                  found == ABSENT ? "the file is gone" : "the file has %s bytes".formatted(found)));
    }
  }

  @Override
  public void close() throws IOException {
    if (!committing) {
      fileSystem.delete(folder, true);
    }
  }
}
