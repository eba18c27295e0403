package org.bilateralbrain.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * A folder on any Hadoop file system, with {@code artifacts/<kind>/<id>/} (immutable), {@code
 * attempts/<kind>/<id>/} (progress and checkpoints of unfinished jobs), {@code sweeps/<name>/} (a
 * sweep's plan, status and results) and {@code tokens/} (of running drivers).
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
   * @throws IOException if the URI's file system is unknown or can't be reached
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

  FileSystem fileSystem() {
    return fileSystem;
  }

  public String root() {
    return root.toString();
  }

  /** Whether it is on the local file system, so that requests take almost no time. */
  public boolean isLocal() {
    return fileSystem instanceof LocalFiles;
  }

  /**
   * Looks up an artifact by its metadata: the manifest and the lengths of the files. Contents are
   * verified when they are read. An artifact that was computed from other weights than its parents
   * have now is outdated.
   *
   * @throws UnknownFormatException if an incompatible version of the program wrote it
   */
  public Lookup lookup(ArtifactKey key) throws IOException {
    return new Lookups(this).lookup(key);
  }

  /** Looks up many artifacts at the same moment; the result is in their order. */
  public Map<ArtifactKey, Lookup> lookup(Collection<ArtifactKey> keys) throws IOException {
    Lookups lookups = new Lookups(this);
    List<ArtifactKey> inOrder = List.copyOf(new LinkedHashSet<>(keys));
    List<Lookup> answers = Concurrently.each(inOrder, lookups::lookup);
    Map<ArtifactKey, Lookup> found = new LinkedHashMap<>();
    for (int i = 0; i < answers.size(); i++) {
      found.put(inOrder.get(i), answers.get(i));
    }
    return found;
  }

  /** As {@link #lookup}, but also reads every file and verifies its checksum. */
  public Lookup verify(ArtifactKey key) throws IOException {
    return new Lookups(this).verify(key);
  }

  /** The artifact, if {@link #lookup} finds it present. */
  public Optional<Artifact> find(ArtifactKey key) throws IOException {
    return lookup(key) instanceof Lookup.Present present
        ? Optional.of(present.artifact())
        : Optional.empty();
  }

  /**
   * Reads an artifact of any store.
   *
   * @param uri of the folder of the artifact, or of one attempt at it
   * @throws IOException if there is none
   */
  public static Artifact readArtifact(String uri, Configuration hadoop) throws IOException {
    Path folder = new Path(uri);
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
            .orElseThrow(() -> new FileNotFoundException("No artifact in %s".formatted(folder)));
  }

  /** The folder of a sweep in a store. */
  public record SweepFolder(Store store, String sweep) {}

  /** Opens a store by the folder of one of its sweeps; empty if the folder's URI is none's. */
  public static Optional<SweepFolder> openSweepFolder(String uri, Configuration hadoop)
      throws IOException {
    Path folder = new Path(uri);
    if (folder.getParent() == null || !folder.getParent().getName().equals(SWEEPS)) {
      return Optional.empty();
    }
    Path root = folder.getParent().getParent();
    Store store = open(root == null ? "." : root.toString(), hadoop);
    return Optional.of(new SweepFolder(store, folder.getName()));
  }

  /** Begins an attempt at an artifact. */
  public ArtifactWriter write(ArtifactKey key) {
    return artifacts(key).begin("attempt");
  }

  /** Begins a checkpoint of a running job. */
  public ArtifactWriter writeCheckpoint(ArtifactKey key) {
    return checkpoints(key).begin("checkpoint");
  }

  /** A job's checkpoints, the latest first; files are not read yet. */
  public List<Artifact> readCheckpoints(ArtifactKey key) throws IOException {
    List<Artifact> latestFirst = new ArrayList<>(checkpoints(key).committed());
    Collections.reverse(latestFirst);
    return latestFirst;
  }

  /** Removes all checkpoints of a job except the latest ones. */
  public void keepCheckpoints(ArtifactKey key, int count) throws IOException {
    List<Artifact> checkpoints = readCheckpoints(key);
    for (Artifact old :
        checkpoints.subList(Math.min(count, checkpoints.size()), checkpoints.size())) {
      fileSystem.delete(old.folder(), true);
    }
  }

  Commits artifacts(ArtifactKey key) {
    return new Commits(fileSystem, key, folder(ARTIFACTS, key));
  }

  Commits checkpoints(ArtifactKey key) {
    return new Commits(fileSystem, key, folder(ATTEMPTS, key));
  }

  /** Replaces the progress of a running job. */
  public void writeProgress(ArtifactKey key, Progress progress) throws IOException {
    byte[] json = Json.encode(progress);
    WholeFile.replace(
        fileSystem, new Path(folder(ATTEMPTS, key), PROGRESS), out -> out.write(json));
  }

  /** The progress of a job; empty if there is none or it can't be read: nothing depends on it. */
  public Optional<Progress> readProgress(ArtifactKey key) {
    try {
      Path path = new Path(folder(ATTEMPTS, key), PROGRESS);
      return Optional.of(Json.decode(WholeFile.read(fileSystem, path), Progress.class, path));
    } catch (IOException absentOrBeingReplaced) {
      return Optional.empty();
    }
  }

  /** Removes the progress and checkpoints of a job. */
  public void deleteAttempts(ArtifactKey key) throws IOException {
    fileSystem.delete(folder(ATTEMPTS, key), true);
  }

  /** The folder of a sweep's files. */
  public String sweepFolder(String sweep) {
    return folderOf(sweep).toString();
  }

  private Path folderOf(String sweep) {
    return new Path(new Path(root, SWEEPS), sweep);
  }

  public void writeSweepFile(String sweep, String file, byte[] content) throws IOException {
    writeSweepFile(sweep, file, out -> out.write(content));
  }

  public void writeSweepFile(String sweep, String file, WholeFile.Content content)
      throws IOException {
    WholeFile.replace(fileSystem, new Path(folderOf(sweep), file), content);
  }

  public Optional<byte[]> readSweepFile(String sweep, String file) throws IOException {
    try {
      return Optional.of(WholeFile.read(fileSystem, new Path(folderOf(sweep), file)));
    } catch (FileNotFoundException absent) {
      return Optional.empty();
    }
  }

  /**
   * Reads a JSON file of a sweep.
   *
   * @throws UnknownFormatException if an incompatible version of the program wrote it
   */
  public <T extends Record> Optional<T> readSweepFile(String sweep, String file, Class<T> type)
      throws IOException {
    Optional<byte[]> json = readSweepFile(sweep, file);
    return json.isPresent()
        ? Optional.of(Json.decode(json.get(), type, new Path(folderOf(sweep), file)))
        : Optional.empty();
  }

  /** Whether the store's folder exists. */
  public boolean exists() throws IOException {
    return fileSystem.exists(root);
  }

  /**
   * Writes a token by which executors can check that they see this store and not another one under
   * the same URI.
   */
  public void writeToken(String token) throws IOException {
    byte[] content = token.getBytes(StandardCharsets.UTF_8);
    WholeFile.replace(fileSystem, token(token), out -> out.write(content));
  }

  /**
   * Whether the token exists.
   *
   * @throws IOException if the store can't be read
   */
  public boolean hasToken(String token) throws IOException {
    try {
      return Arrays.equals(
          WholeFile.read(fileSystem, token(token)), token.getBytes(StandardCharsets.UTF_8));
    } catch (FileNotFoundException absent) {
      return false;
    }
  }

  /** Deletes a token and what is beside it. */
  public void deleteToken(String token) throws IOException {
    Moves.delete(this, token);
    fileSystem.delete(token(token), false);
  }

  Path token(String token) {
    return new Path(new Path(root, TOKENS), token);
  }

  Path attemptsFolder(ArtifactKey key) {
    return folder(ATTEMPTS, key);
  }

  private Path folder(String area, ArtifactKey key) {
    return new Path(new Path(new Path(root, area), key.kind()), key.id());
  }

  /**
   * The local file system without two of Hadoop's services: the .crc files, since manifests contain
   * better checksums, and permissions, for which Hadoop runs the program chmod on each file and
   * folder although the process's umask suffices.
   */
  private static final class LocalFiles extends RawLocalFileSystem {

    LocalFiles(Configuration hadoop) throws IOException {
      initialize(getUri(), hadoop);
    }

    @Override
    public void setPermission(Path path, FsPermission permission) {
      // stays as the system created it
    }
  }
}
