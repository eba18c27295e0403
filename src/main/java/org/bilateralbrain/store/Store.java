package org.bilateralbrain.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A folder on any Hadoop file system, with {@code artifacts/<kind>/<id>/} (immutable), {@code attempts/<kind>/<id>/}
 * (the progress of jobs that are running) and {@code sweeps/<name>/} (a sweep's plan, state and results).
 */
public final class Store {

  private static final String ARTIFACTS = "artifacts";
  private static final String ATTEMPTS = "attempts";
  private static final String SWEEPS = "sweeps";
  private static final String PROGRESS = "progress.json";

  private final FileSystem fileSystem;
  private final Path root;

  private Store(FileSystem fileSystem, Path root) {
    this.fileSystem = fileSystem;
    this.root = root;
  }

  /**
   * @throws IOException if the URI's file system is unknown or out of reach
   */
  public static Store open(String uri, Configuration hadoop) throws IOException {
    FileSystem fileSystem;
    Path root;
    try {
      fileSystem = new Path(uri).getFileSystem(hadoop);
      root = fileSystem.makeQualified(new Path(uri));
    } catch (RuntimeException e) { // how Hadoop reports a malformed URI and a missing class
      throw new IOException("%s can't be opened: %s".formatted(uri, e.getMessage()), e);
    }
    // Manifests have better checksums than the .crc files that Hadoop writes beside local files, and Hadoop renames
    // the two one after another.
    return new Store(fileSystem instanceof LocalFileSystem local ? local.getRawFileSystem() : fileSystem, root);
  }

  public Path root() {
    return root;
  }

  /** Looks an artifact up and verifies every byte of it. */
  public Lookup look(ArtifactKey key) throws IOException {
    Optional<Artifact> artifact = find(key);
    if (artifact.isEmpty()) {
      return new Lookup.Absent();
    }
    String damage = artifact.get().firstDamage();
    return damage.isEmpty() ? new Lookup.Present(artifact.get()) : new Lookup.Damaged(damage);
  }

  /** Looks an artifact up and believes its manifest. */
  public Lookup glance(ArtifactKey key) throws IOException {
    return find(key).<Lookup>map(Lookup.Present::new).orElseGet(Lookup.Absent::new);
  }

  /** Looks an artifact up without reading its files; each is verified when it is read. */
  public Optional<Artifact> find(ArtifactKey key) throws IOException {
    Path folder = folder(ARTIFACTS, key);
    Optional<byte[]> json = readIfPresent(new Path(folder, Manifest.FILE_NAME));
    if (json.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Artifact(fileSystem, key, folder, Manifest.decode(json.get())));
    } catch (IOException cutOff) {
      return Optional.empty();
    }
  }

  /**
   * An artifact of any store, by its folder.
   *
   * @throws IOException if there is none
   */
  public static Artifact readArtifact(Path folder, Configuration hadoop) throws IOException {
    FileSystem fileSystem = folder.getFileSystem(hadoop);
    byte[] manifest = Publisher.read(fileSystem, new Path(folder, Manifest.FILE_NAME));
    ArtifactKey key = new ArtifactKey(folder.getParent().getName(), folder.getName());
    return new Artifact(fileSystem, key, folder, Manifest.decode(manifest));
  }

  /** Begins an attempt at an artifact. */
  public ArtifactWriter write(ArtifactKey key) {
    return new ArtifactWriter(
        fileSystem, key, folder(ARTIFACTS, key), "attempt-" + UUID.randomUUID().toString().substring(0, 8));
  }

  /** Replaces the note on how far a running job is. */
  public void writeProgress(ArtifactKey key, Progress progress) throws IOException {
    Publisher.publish(fileSystem, new Path(folder(ATTEMPTS, key), PROGRESS), Json.encode(progress));
  }

  /** Empty if there is none, or if it can't be read just now: nothing depends on it. */
  public Optional<Progress> readProgress(ArtifactKey key) {
    try {
      byte[] json = Publisher.read(fileSystem, new Path(folder(ATTEMPTS, key), PROGRESS));
      return Optional.of(Json.decode(json, Progress.class));
    } catch (IOException absentOrBeingReplaced) {
      return Optional.empty();
    }
  }

  /** Removes everything that was kept for a running job. */
  public void deleteAttempts(ArtifactKey key) throws IOException {
    fileSystem.delete(folder(ATTEMPTS, key), true);
  }

  /** Where a sweep's files are. */
  public Path sweepFolder(String sweep) {
    return new Path(new Path(root, SWEEPS), sweep);
  }

  public void writeSweepFile(String sweep, String file, byte[] content) throws IOException {
    Publisher.publish(fileSystem, new Path(sweepFolder(sweep), file), content);
  }

  public void writeSweepFile(String sweep, String file, ArtifactWriter.Content content) throws IOException {
    Publisher.publish(fileSystem, new Path(sweepFolder(sweep), file), content);
  }

  public Optional<byte[]> readSweepFile(String sweep, String file) throws IOException {
    return readIfPresent(new Path(sweepFolder(sweep), file));
  }

  private Path folder(String area, ArtifactKey key) {
    return new Path(new Path(new Path(root, area), key.kind()), key.id());
  }

  private Optional<byte[]> readIfPresent(Path path) throws IOException {
    try {
      return Optional.of(Publisher.read(fileSystem, path));
    } catch (FileNotFoundException absent) {
      return Optional.empty();
    }
  }
}
