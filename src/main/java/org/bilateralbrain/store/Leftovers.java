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
 * What dead writers left in a store: attempts at artifacts that were never committed, artifacts
 * beside the one that counts, progress and checkpoints of jobs that are done, drafts of files,
 * tokens of drivers.
 *
 * <p>Whether a writer is dead can't be seen in a file system. So anything that was touched after a
 * given moment is taken to be in use; that moment has to be longer ago than it takes to write one
 * file. What this program doesn't know, by its name or its format, may be another version's and is
 * left alone.
 */
public final class Leftovers {

  private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
  private static final Pattern DRAFT = Pattern.compile("\\..*\\." + UUID);
  private static final Pattern TOKEN = Pattern.compile(UUID);
  private static final Pattern ATTEMPT = Pattern.compile("(attempt|checkpoint)-[0-9a-f]{8}");

  /** Drivers write theirs anew every hour; without it they take their store for lost. */
  private static final Duration TOKEN_LIFE = Duration.ofDays(1);

  /**
   * A file or folder that nobody needs.
   *
   * @param reason for people
   */
  public record Leftover(Path path, long bytes, String reason) {}

  private final FileSystem fileSystem;
  private final Store store;
  private final long untouchedSince;
  private final List<Leftover> found = new ArrayList<>();

  private Leftovers(FileSystem fileSystem, Store store, Instant untouchedSince) {
    this.fileSystem = fileSystem;
    this.store = store;
    this.untouchedSince = untouchedSince.toEpochMilli();
  }

  /**
   * Looks for leftovers; removes nothing.
   *
   * @param untouchedSince what was touched later is left alone
   * @param unfinished whether checkpoints of jobs that are not done count as leftovers; such a job
   *     then starts anew
   */
  static List<Leftover> find(
      FileSystem fileSystem, Store store, Instant untouchedSince, boolean unfinished)
      throws IOException {
    Leftovers leftovers = new Leftovers(fileSystem, store, untouchedSince);
    for (ArtifactKey key : leftovers.keys(Store.ARTIFACTS)) {
      leftovers.unlessUnknown(() -> leftovers.inArtifact(key));
    }
    for (ArtifactKey key : leftovers.keys(Store.ATTEMPTS)) {
      leftovers.unlessUnknown(() -> leftovers.inAttempts(key, unfinished));
    }
    for (FileStatus sweep : leftovers.list(new Path(store.root(), Store.SWEEPS))) {
      leftovers.drafts(sweep.getPath());
    }
    for (FileStatus token : leftovers.list(new Path(store.root(), Store.TOKENS))) {
      boolean isOld = token.getModificationTime() < Instant.now().minus(TOKEN_LIFE).toEpochMilli();
      if (isOld && TOKEN.matcher(token.getPath().getName()).matches()) {
        leftovers.add(token.getPath(), "the token of a driver that ended without a word");
      }
    }
    return leftovers.found;
  }

  /**
   * Removes a leftover, unless it was touched meanwhile.
   *
   * @return whether it is gone
   */
  static boolean delete(FileSystem fileSystem, Leftover leftover, Instant untouchedSince)
      throws IOException {
    try {
      Leftovers leftovers = new Leftovers(fileSystem, null, untouchedSince);
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
    for (FileStatus kind : list(new Path(store.root(), area))) {
      for (FileStatus id : list(kind.getPath())) {
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
        addAttempt(attempt, "an attempt at %s that was not finished".formatted(key));
      } else if (valid.isPresent() && !valid.get().folder().equals(attempt)) {
        addAttempt(attempt, "beside another, whole %s".formatted(key));
      }
    }
  }

  private void inAttempts(ArtifactKey key, boolean unfinished) throws IOException {
    Path folder = store.attemptsFolder(key);
    Commits checkpoints = store.checkpoints(key);
    List<Path> whole = checkpoints.committed().stream().map(Artifact::folder).toList();
    if (store.verify(key) instanceof Lookup.Present) {
      add(folder, "%s is there".formatted(key));
    } else if (unfinished) {
      add(folder, "%s was not finished".formatted(key));
    } else {
      for (Path attempt : checkpoints.attempts()) {
        if (!whole.contains(attempt)) {
          addAttempt(attempt, "a checkpoint of %s that was not finished".formatted(key));
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
    for (FileStatus file : list(folder)) {
      if (file.isDirectory()) {
        drafts(file.getPath());
      } else if (DRAFT.matcher(file.getPath().getName()).matches()) {
        add(file.getPath(), "a file that was not finished");
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
   * The time of a folder is its youngest file's: object stores know no time of their own for
   * folders.
   */
  private Size size(FileStatus status) throws IOException {
    if (status.isFile()) {
      return new Size(status.getLen(), status.getModificationTime());
    }
    long bytes = 0;
    long touched = 0; // an empty folder may be as old as it likes
    for (FileStatus child : list(status.getPath())) {
      Size size = size(child);
      bytes += size.bytes;
      touched = Math.max(touched, size.touched);
    }
    return new Size(bytes, touched);
  }

  private List<FileStatus> list(Path folder) throws IOException {
    try {
      return List.of(fileSystem.listStatus(folder));
    } catch (FileNotFoundException none) {
      return List.of();
    }
  }
}
