package org.bilateralbrain.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What crashed runs left in a store: uncommitted attempts at artifacts, redundant copies of
 * artifacts, progress and checkpoints of finished jobs, drafts of files, tokens of drivers.
 *
 * <p>A file system can't tell whether a writer is dead. So anything that was modified after a given
 * moment counts as in use; that moment must be further back than it takes to write one file. Files
 * with unknown names or formats may belong to another version of the program and are not touched.
 */
public final class Leftovers {

  private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
  private static final Pattern DRAFT = Pattern.compile("\\..*\\." + UUID);
  private static final Pattern TOKEN = Pattern.compile(UUID);
  private static final Pattern ATTEMPT = Pattern.compile("(attempt|checkpoint)-[0-9a-f]{8}");

  /** Drivers rewrite their token every hour; without it they conclude that the store is lost. */
  private static final Duration TOKEN_LIFE = Duration.ofDays(1);

  /**
   * A file or folder that is no longer needed.
   *
   * @param reason why, for the terminal
   */
  public record Leftover(Path path, long bytes, String reason) {}

  private final FileSystem fileSystem;
  private final Store store;
  private final long untouchedSince;
  private final List<Leftover> found = new ArrayList<>();

  private Leftovers(Store store, Instant untouchedSince) {
    this.fileSystem = store.fileSystem();
    this.store = store;
    this.untouchedSince = untouchedSince.toEpochMilli();
  }

  /**
   * Lists leftovers; removes nothing.
   *
   * @param untouchedSince anything modified later is ignored
   * @param unfinished whether checkpoints of unfinished jobs count as leftovers; without them such
   *     a job starts from scratch
   */
  public static List<Leftover> list(Store store, Instant untouchedSince, boolean unfinished)
      throws IOException {
    Leftovers leftovers = new Leftovers(store, untouchedSince);
    for (ArtifactKey key : leftovers.keys(Store.ARTIFACTS)) {
      leftovers.unlessUnknown(() -> leftovers.inArtifact(key));
    }
    for (ArtifactKey key : leftovers.keys(Store.ATTEMPTS)) {
      leftovers.unlessUnknown(() -> leftovers.inAttempts(key, unfinished));
    }
    for (FileStatus sweep : leftovers.children(new Path(store.root(), Store.SWEEPS))) {
      leftovers.drafts(sweep.getPath());
    }
    for (FileStatus token : leftovers.children(new Path(store.root(), Store.TOKENS))) {
      boolean isOld = token.getModificationTime() < Instant.now().minus(TOKEN_LIFE).toEpochMilli();
      if (isOld && TOKEN.matcher(token.getPath().getName()).matches()) {
        leftovers.add(token.getPath(), "token of a crashed driver");
      }
    }
    return leftovers.found;
  }

  /**
   * Removes a leftover, unless it was modified in the meantime.
   *
   * @return whether it is gone
   */
  public static boolean remove(Store store, Leftover leftover, Instant untouchedSince)
      throws IOException {
    FileSystem fileSystem = store.fileSystem();
    try {
      Leftovers leftovers = new Leftovers(store, untouchedSince);
      if (leftovers.size(fileSystem.getFileStatus(leftover.path())).touched
          >= leftovers.untouchedSince) {
        return false;
      }
    } catch (FileNotFoundException removedMeanwhile) {
      return true;
    }
    return fileSystem.delete(leftover.path(), true);
  }

  private interface Search {
    void run() throws IOException;
  }

  private void unlessUnknown(Search search) throws IOException {
    int before = found.size();
    try {
      search.run();
    } catch (UnknownFormatException e) {
      found.subList(before, found.size()).clear();
    }
  }

  private List<ArtifactKey> keys(String area) throws IOException {
    List<ArtifactKey> keys = new ArrayList<>();
    for (FileStatus kind : children(new Path(store.root(), area))) {
      for (FileStatus id : children(kind.getPath())) {
        keys.add(new ArtifactKey(kind.getPath().getName(), id.getPath().getName()));
      }
    }
    return keys;
  }

  private void inArtifact(ArtifactKey key) throws IOException {
    Commits commits = store.artifacts(key);
    List<Artifact> committed = commits.committed();
    Optional<Artifact> valid =
        committed.size() < 2 ? committed.stream().findFirst() : store.find(key);
    for (Path attempt : commits.attempts()) {
      boolean isCommitted =
          committed.stream().anyMatch(artifact -> artifact.folder().equals(attempt));
      if (!isCommitted) {
        addAttempt(attempt, "uncommitted attempt at %s".formatted(key));
      } else if (valid.isPresent() && !valid.get().folder().equals(attempt)) {
        addAttempt(attempt, "redundant copy of %s".formatted(key));
      }
    }
  }

  private void inAttempts(ArtifactKey key, boolean unfinished) throws IOException {
    Path folder = store.attemptsFolder(key);
    Commits checkpoints = store.checkpoints(key);
    List<Path> whole = checkpoints.committed().stream().map(Artifact::folder).toList();
    if (store.verify(key) instanceof Lookup.Present) {
      add(folder, "progress and checkpoints of %s, which is finished".formatted(key));
    } else if (unfinished) {
      add(folder, "progress and checkpoints of %s, which is unfinished".formatted(key));
    } else {
      for (Path attempt : checkpoints.attempts()) {
        if (!whole.contains(attempt)) {
          addAttempt(attempt, "uncommitted checkpoint of %s".formatted(key));
        }
      }
      drafts(folder);
    }
  }

  private void addAttempt(Path attempt, String reason) throws IOException {
    if (ATTEMPT.matcher(attempt.getName()).matches()) {
      add(attempt, reason);
    }
  }

  private void drafts(Path folder) throws IOException {
    for (FileStatus file : children(folder)) {
      if (file.isDirectory()) {
        drafts(file.getPath());
      } else if (DRAFT.matcher(file.getPath().getName()).matches()) {
        add(file.getPath(), "draft of a file");
      }
    }
  }

  private void add(Path path, String reason) throws IOException {
    try {
      Size size = size(fileSystem.getFileStatus(path));
      if (size.touched < untouchedSince) {
        found.add(new Leftover(path, size.bytes, reason));
      }
    } catch (FileNotFoundException removedMeanwhile) {
      return;
    }
  }

  private record Size(long bytes, long touched) {}

  /**
   * A folder's modification time is that of its most recent file: object stores have none for
   * folders.
   */
  private Size size(FileStatus status) throws IOException {
    if (status.isFile()) {
      return new Size(status.getLen(), status.getModificationTime());
    }
    long bytes = 0;
    long touched = 0; // an empty folder counts as old
    for (FileStatus child : children(status.getPath())) {
      Size size = size(child);
      bytes += size.bytes;
      touched = Math.max(touched, size.touched);
    }
    return new Size(bytes, touched);
  }

  private List<FileStatus> children(Path folder) throws IOException {
    try {
      return List.of(fileSystem.listStatus(folder));
    } catch (FileNotFoundException none) {
      return List.of();
    }
  }
}
