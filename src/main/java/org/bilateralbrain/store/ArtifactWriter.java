package org.bilateralbrain.store;

import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.TreeMap;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.output.CountingOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * One attempt at an artifact. Files go into a folder of the attempt's own; {@link #commit} makes them the artifact.
 * Closed without a commit, it removes what it wrote.
 */
public final class ArtifactWriter implements AutoCloseable {

  /** Writes one file's content. */
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  private final FileSystem fileSystem;
  private final ArtifactKey key;
  private final Path folder;
  private final Manifest manifest = new Manifest(new TreeMap<>());
  private boolean committing;

  ArtifactWriter(FileSystem fileSystem, ArtifactKey key, Path folder) {
    this.fileSystem = fileSystem;
    this.key = key;
    this.folder = folder;
  }

  public void write(String file, Content content) throws IOException {
    Path path = new Path(folder, file);
    DigestOutputStream digesting = new DigestOutputStream(fileSystem.create(path, false), DigestUtils.getSha256Digest());
    CountingOutputStream out = new CountingOutputStream(digesting);
    try (out) {
      content.writeTo(out);
    }
    long written = fileSystem.getFileStatus(path).getLen();
    if (written != out.getByteCount()) {
      throw new IOException(
          "Artifact %s: %s bytes were written to %s, but it has %s".formatted(key, out.getByteCount(), path, written));
    }
    String sha256 = HexFormat.of().formatHex(digesting.getMessageDigest().digest());
    manifest.files().put(file, new Manifest.Content(written, sha256));
  }

  /**
   * The commit point: once the manifest is there, the artifact exists. Of several attempts at the same artifact each
   * commits its own whole files, so that whichever is found is valid.
   *
   * @throws IOException if the manifest can't be read back although the file system reported success
   */
  public void commit() throws IOException {
    Path path = new Path(folder, Manifest.FILE_NAME);
    byte[] json = Json.encode(manifest);
    committing = true; // whatever happens from here on, the manifest may be there: never remove what it names
    try (OutputStream out = fileSystem.create(path, false)) {
      out.write(json);
    }
    if (!Arrays.equals(Publisher.read(fileSystem, path), json)) {
      throw new IOException("Artifact %s: %s was written but reads back differently".formatted(key, path));
    }
  }

  @Override
  public void close() throws IOException {
    if (!committing) {
      fileSystem.delete(folder, true);
    }
  }
}
