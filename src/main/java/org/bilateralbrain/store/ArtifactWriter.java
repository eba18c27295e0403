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

/**
 * One attempt at an artifact. Files go into a folder of the attempt's own; {@link #commit} makes
 * them the artifact. Closed without a commit, it removes what it wrote.
 */
public final class ArtifactWriter implements AutoCloseable {

  private static final long ABSENT = -1;

  private final FileSystem fileSystem;
  private final ArtifactKey key;
  private final Path folder;
  private final TreeMap<String, Manifest.Content> files = new TreeMap<>();
  private final TreeMap<String, String> parents = new TreeMap<>();
  private String weights;
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
    requireWhole(file, fileSystem.getFileStatus(path).getLen());
  }

  /**
   * Says which weights the artifact holds.
   *
   * @param digest the same for equal weights, whatever file they are in
   */
  public void holds(String digest) {
    weights = digest;
  }

  /**
   * Says from which weights the artifact was computed: once its parents' are others, it no longer
   * counts.
   *
   * @param digests by parent, as {@link Artifact#weights} told them
   */
  public void computedFrom(Map<ArtifactKey, String> digests) {
    digests.forEach((parent, digest) -> parents.put(parent.toString(), digest));
  }

  /**
   * The commit point: once the manifest is there, the artifact exists. Of several attempts at the
   * same artifact each commits its own whole files, so that whichever is found is valid.
   *
   * @throws IOException if a file of it is missing or cut off, or the manifest can't be read back
   *     although the file system reported success
   */
  public void commit() throws IOException {
    Path path = new Path(folder, Manifest.FILE_NAME);
    byte[] json = Json.encode(new Manifest(Program.running().toString(), weights, parents, files));
    requireAll(); // the writer may have been taken for dead, and its files for leftovers
    committing =
        true; // whatever happens from here on, the manifest may be there: never remove what it
    // names
    WholeFile.create(fileSystem, path, out -> out.write(json));
    if (!Arrays.equals(Publisher.read(fileSystem, path), json)) {
      throw new IOException(
          "Artifact %s: %s was written but reads back differently".formatted(key, path));
    }
    requireAll(); // until there was a manifest, they may still have been
  }

  private void requireAll() throws IOException {
    Map<String, FileStatus> found = Commits.files(fileSystem, folder);
    for (String file : files.keySet()) {
      requireWhole(file, found.containsKey(file) ? found.get(file).getLen() : ABSENT);
    }
  }

  private void requireWhole(String file, long found) throws IOException {
    long written = files.get(file).bytes();
    if (found != written) {
      throw new IOException(
          "Artifact %s: %s bytes were written to %s, but %s"
              .formatted(
                  key,
                  written,
                  new Path(folder, file),
                  found == ABSENT ? "it is gone" : "it has " + found));
    }
  }

  @Override
  public void close() throws IOException {
    if (!committing) {
      fileSystem.delete(folder, true);
    }
  }
}
