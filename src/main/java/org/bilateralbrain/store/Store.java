package org.bilateralbrain.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A folder on any Hadoop file system, with {@code artifacts/<kind>/<id>/} (immutable), {@code
 * attempts/<kind>/<id>/} (progress and checkpoints of jobs that are not done), {@code
 * sweeps/<name>/} (a sweep's plan, state and results) and {@code tokens/} (of drivers that are at
 * work).
 */
public final class Store {

  static final String ARTIFACTS = "artifacts";
  static final String ATTEMPTS = "attempts";
  static final String SWEEPS = "sweeps";
  static final String TOKENS = "tokens";
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
    return new Store(
        fileSystem instanceof LocalFileSystem ? new LocalFiles(hadoop) : fileSystem, root);
  }

  public Path root() {
    return root;
  }

  /** Whether asking it costs next to nothing. */
  public boolean isLocal() {
    return fileSystem instanceof LocalFiles;
  }

  /**
   * Looks an artifact up by its manifest and its files' lengths; what is read of it later is
   * verified then. An artifact that was computed from other weights than its parents hold now is
   * not there.
   *
   * @throws UnknownFormatException if another version of the program wrote it
   */
  public Lookup lookup(ArtifactKey key) throws IOException {
    return new Lookups(this).of(key);
  }

  /** {@link #lookup} of many at one moment, in their order. */
  public Map<ArtifactKey, Lookup> lookup(Collection<ArtifactKey> keys) throws IOException {
    Lookups lookups = new Lookups(this);
    List<ArtifactKey> inOrder = List.copyOf(new LinkedHashSet<>(keys));
    List<Lookup> answers = Concurrently.each(inOrder, lookups::of);
    Map<ArtifactKey, Lookup> found = new LinkedHashMap<>();
    for (int i = 0; i < answers.size(); i++) {
      found.put(inOrder.get(i), answers.get(i));
    }
    return found;
  }

  /** As {@link #lookup}, but reads every byte. */
  public Lookup verify(ArtifactKey key) throws IOException {
    return new Lookups(this).verified(key);
  }

  /** The artifact if {@link #lookup} finds one. */
  public Optional<Artifact> find(ArtifactKey key) throws IOException {
    return lookup(key) instanceof Lookup.Present present
        ? Optional.of(present.artifact())
        : Optional.empty();
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
      return new Artifact(
          fileSystem, key, folder, manifest.get(), Commits.files(fileSystem, folder));
    }
    return new Commits(fileSystem, key, folder)
        .committed().stream()
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
    List<Artifact> latestFirst = new ArrayList<>(checkpoints(key).committed());
    Collections.reverse(latestFirst);
    return latestFirst;
  }

  /** Removes all checkpoints of a job but the latest few. */
  public void keepCheckpoints(ArtifactKey key, int count) throws IOException {
    List<Artifact> checkpoints = readCheckpoints(key);
    for (Artifact old :
        checkpoints.subList(Math.min(count, checkpoints.size()), checkpoints.size())) {
      fileSystem.delete(old.folder(), true);
    }
  }

  /**
   * What dead writers left, untouched since the given moment.
   *
   * @param unfinished whether checkpoints of jobs that are not done are leftovers, too
   */
  public List<Leftovers.Leftover> leftovers(Instant untouchedSince, boolean unfinished)
      throws IOException {
    return Leftovers.find(fileSystem, this, untouchedSince, unfinished);
  }

  /**
   * Removes a leftover, unless somebody has written to it since it was found.
   *
   * @return whether it is gone
   */
  public boolean delete(Leftovers.Leftover leftover, Instant untouchedSince) throws IOException {
    return Leftovers.delete(fileSystem, leftover, untouchedSince);
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
      Path path = new Path(folder(ATTEMPTS, key), PROGRESS);
      return Optional.of(Json.decode(Publisher.read(fileSystem, path), Progress.class, path));
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

  public void writeSweepFile(String sweep, String file, WholeFile.Content content)
      throws IOException {
    Publisher.publish(fileSystem, new Path(sweepFolder(sweep), file), content);
  }

  public Optional<byte[]> readSweepFile(String sweep, String file) throws IOException {
    try {
      return Optional.of(Publisher.read(fileSystem, new Path(sweepFolder(sweep), file)));
    } catch (FileNotFoundException absent) {
      return Optional.empty();
    }
  }

  /**
   * Reads a record.
   *
   * @throws UnknownFormatException if another version of the program wrote it
   */
  public <T extends Record> Optional<T> readSweepFile(String sweep, String file, Class<T> type)
      throws IOException {
    Optional<byte[]> json = readSweepFile(sweep, file);
    return json.isPresent()
        ? Optional.of(Json.decode(json.get(), type, new Path(sweepFolder(sweep), file)))
        : Optional.empty();
  }

  /** Whether there is anything where the store is said to be. */
  public boolean exists() throws IOException {
    return fileSystem.exists(root);
  }

  /**
   * Leaves a token by which others can tell that they see this very store and not another under the
   * same name.
   */
  public void writeToken(String token) throws IOException {
    Publisher.publish(fileSystem, token(token), token.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Whether the token is here.
   *
   * @throws IOException if the store can't be read
   */
  public boolean hasToken(String token) throws IOException {
    try {
      return Arrays.equals(
          Publisher.read(fileSystem, token(token)), token.getBytes(StandardCharsets.UTF_8));
    } catch (FileNotFoundException absent) {
      return false;
    }
  }

  public void deleteToken(String token) throws IOException {
    fileSystem.delete(token(token), false);
  }

  private Path token(String token) {
    return new Path(new Path(root, TOKENS), token);
  }

  Path attemptsFolder(ArtifactKey key) {
    return folder(ATTEMPTS, key);
  }

  private Path folder(String area, ArtifactKey key) {
    return new Path(new Path(new Path(root, area), key.kind()), key.id());
  }
}
