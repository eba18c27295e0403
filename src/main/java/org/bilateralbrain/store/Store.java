package org.bilateralbrain.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A folder on any Hadoop file system, with {@code artifacts/<kind>/<id>/} (immutable), {@code attempts/<kind>/<id>/}
 * (progress and checkpoints of jobs that are not done) and {@code sweeps/<name>/} (a sweep's plan, state and results).
 */
public final class Store {

  static final String ARTIFACTS = "artifacts";
  static final String ATTEMPTS = "attempts";
  static final String SWEEPS = "sweeps";
  private static final String PROGRESS = "progress.json";

  private final FileSystem fileSystem;
  private final Path root;

  Store(FileSystem fileSystem, Path root) {
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
    return new Store(fileSystem instanceof LocalFileSystem ? new LocalFiles(hadoop) : fileSystem, root);
  }

  public Path root() {
    return root;
  }

  /** Whether asking it costs next to nothing. */
  public boolean isLocal() {
    return fileSystem instanceof LocalFiles;
  }

  /** Looks an artifact up and verifies every byte of it. */
  public Lookup look(ArtifactKey key) throws IOException {
    Lookup lookup = new Lookup.Absent();
    for (Artifact artifact : artifacts(key).latestFirst()) {
      String damage = artifact.firstDamage();
      if (damage.isEmpty()) {
        return new Lookup.Present(artifact);
      }
      lookup = new Lookup.Damaged(damage);
    }
    return lookup;
  }

  /** Looks an artifact up and believes its manifest. */
  public Lookup glance(ArtifactKey key) throws IOException {
    return find(key).<Lookup>map(Lookup.Present::new).orElseGet(Lookup.Absent::new);
  }

  /**
   * Looks an artifact up without reading its files; each is verified when it is read. Only of several it is verified at
   * once which are whole; the latest of these counts.
   */
  public Optional<Artifact> find(ArtifactKey key) throws IOException {
    List<Artifact> committed = artifacts(key).latestFirst();
    for (Artifact artifact : committed) {
      if (committed.size() == 1 || artifact.firstDamage().isEmpty()) {
        return Optional.of(artifact);
      }
    }
    return committed.stream().findFirst();
  }

  /**
   * An artifact of any store.
   *
   * @param folder the artifact's, or that of one attempt at it
   * @throws IOException if there is none
   */
  public static Artifact readArtifact(Path folder, Configuration hadoop) throws IOException {
    FileSystem fileSystem = folder.getFileSystem(hadoop);
    ArtifactKey key = new ArtifactKey(folder.getParent().getName(), folder.getName());
    Optional<Manifest> manifest = Manifest.read(fileSystem, folder);
    if (manifest.isPresent()) {
      return new Artifact(fileSystem, key, folder, manifest.get());
    }
    return new Commits(fileSystem, key, folder)
        .latestFirst().stream()
            .findFirst()
            .orElseThrow(() -> new FileNotFoundException("%s holds no artifact".formatted(folder)));
  }

  /** Begins an attempt at an artifact. */
  public ArtifactWriter write(ArtifactKey key) {
    return artifacts(key).begin("attempt");
  }

  /** Begins a checkpoint of a job that is running. */
  public ArtifactWriter writeCheckpoint(ArtifactKey key) {
    return checkpoints(key).begin("checkpoint");
  }

  /** A job's checkpoints, the latest first; their files have not been read yet. */
  public List<Artifact> readCheckpoints(ArtifactKey key) throws IOException {
    return checkpoints(key).latestFirst();
  }

  /** Removes all checkpoints of a job but the latest few. */
  public void keepCheckpoints(ArtifactKey key, int count) throws IOException {
    List<Artifact> checkpoints = readCheckpoints(key);
    for (Artifact old : checkpoints.subList(Math.min(count, checkpoints.size()), checkpoints.size())) {
      fileSystem.delete(old.folder(), true);
    }
  }

  /**
   * What dead writers left, untouched since the given moment.
   *
   * @param unfinished whether checkpoints of jobs that are not done are leftovers, too
   */
  public List<Leftovers.Leftover> leftovers(Instant untouchedSince, boolean unfinished) throws IOException {
    return Leftovers.find(fileSystem, this, untouchedSince, unfinished);
  }

  public void delete(Leftovers.Leftover leftover) throws IOException {
    fileSystem.delete(leftover.path(), true);
  }

  Commits artifacts(ArtifactKey key) {
    return new Commits(fileSystem, key, folder(ARTIFACTS, key));
  }

  Commits checkpoints(ArtifactKey key) {
    return new Commits(fileSystem, key, folder(ATTEMPTS, key));
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

  Path attemptsFolder(ArtifactKey key) {
    return folder(ATTEMPTS, key);
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
