package org.bilateralbrain.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What dead writers left in a store: attempts at artifacts that were never committed, artifacts beside the one that
 * counts, progress and checkpoints of jobs that are done, drafts of files.
 *
 * <p>Whether a writer is dead can't be seen in a file system. So anything that was touched after a given moment is taken
 * to be in use; that moment has to be longer ago than it takes to write one file.
 */
public final class Leftovers {

  private static final Pattern DRAFT = Pattern.compile("\\..*\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

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
   * @param unfinished whether checkpoints of jobs that are not done count as leftovers; such a job then starts anew
   */
  static List<Leftover> find(FileSystem fileSystem, Store store, Instant untouchedSince, boolean unfinished)
      throws IOException {
    Leftovers leftovers = new Leftovers(fileSystem, store, untouchedSince);
    for (ArtifactKey key : leftovers.keys(Store.ARTIFACTS)) {
      leftovers.inArtifact(key);
    }
    for (ArtifactKey key : leftovers.keys(Store.ATTEMPTS)) {
      leftovers.inAttempts(key, unfinished);
    }
    for (FileStatus sweep : leftovers.list(new Path(store.root(), Store.SWEEPS))) {
      leftovers.drafts(sweep.getPath());
    }
    return leftovers.found;
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
    List<Artifact> committed = commits.latestFirst();
    Optional<Artifact> valid = committed.size() < 2 ? committed.stream().findFirst() : firstWhole(committed);
    for (Path attempt : commits.attempts()) {
      boolean isCommitted = committed.stream().anyMatch(artifact -> artifact.folder().equals(attempt));
      if (!isCommitted) {
        add(attempt, "an attempt at %s that was not finished".formatted(key));
      } else if (valid.isPresent() && !valid.get().folder().equals(attempt)) {
        add(attempt, "beside another, whole %s".formatted(key));
      }
    }
  }

  private static Optional<Artifact> firstWhole(List<Artifact> committed) throws IOException {
    for (Artifact artifact : committed) {
      if (artifact.firstDamage().isEmpty()) {
        return Optional.of(artifact);
      }
    }
    return Optional.empty();
  }

  private void inAttempts(ArtifactKey key, boolean unfinished) throws IOException {
    Path folder = store.attemptsFolder(key);
    if (store.look(key) instanceof Lookup.Present) {
      add(folder, "%s is there".formatted(key));
    } else if (unfinished) {
      add(folder, "%s was not finished".formatted(key));
    } else {
      Commits checkpoints = store.checkpoints(key);
      List<Path> whole = checkpoints.latestFirst().stream().map(Artifact::folder).toList();
      for (Path attempt : checkpoints.attempts()) {
        if (!whole.contains(attempt)) {
          add(attempt, "a checkpoint of %s that was not finished".formatted(key));
        }
      }
      drafts(folder);
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

  /** The time of a folder is its youngest file's: object stores know no time of their own for folders. */
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
