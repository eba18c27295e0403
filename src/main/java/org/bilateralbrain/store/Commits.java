package org.bilateralbrain.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The commit protocol. Whoever makes something writes its files into a folder that nobody else writes to, and the
 * manifest into it last; a folder with a whole manifest counts, any other is as good as absent. Nothing is ever renamed
 * or overwritten, so that the protocol asks nothing of a file system but that what was written and closed can be read.
 */
final class Commits {

  private final FileSystem fileSystem;
  private final ArtifactKey key;
  private final Path folder;

  /**
   * @param folder holds a folder for each attempt
   */
  Commits(FileSystem fileSystem, ArtifactKey key, Path folder) {
    this.fileSystem = fileSystem;
    this.key = key;
    this.folder = folder;
  }

  /** Begins an attempt in a new folder. */
  ArtifactWriter begin(String name) {
    String unique = UUID.randomUUID().toString().substring(0, 8);
    return new ArtifactWriter(fileSystem, key, new Path(folder, name + "-" + unique));
  }

  /** What was committed, the latest first; its files have not been read yet. */
  List<Artifact> latestFirst() throws IOException {
    List<Artifact> committed = new ArrayList<>();
    for (Path attempt : attempts()) {
      Manifest.read(fileSystem, attempt).ifPresent(manifest -> committed.add(new Artifact(fileSystem, key, attempt, manifest)));
    }
    return committed.size() < 2 ? committed : sortedByTime(committed);
  }

  /** The folders of all attempts, committed or not. */
  List<Path> attempts() throws IOException {
    try {
      List<Path> attempts = new ArrayList<>();
      for (FileStatus status : fileSystem.listStatus(folder)) {
        if (status.isDirectory()) {
          attempts.add(status.getPath());
        }
      }
      return attempts;
    } catch (FileNotFoundException none) {
      return List.of();
    }
  }

  private List<Artifact> sortedByTime(List<Artifact> committed) throws IOException {
    record Dated(Artifact artifact, long time) {}
    List<Dated> dated = new ArrayList<>();
    for (Artifact artifact : committed) {
      try {
        Path manifest = new Path(artifact.folder(), Manifest.FILE_NAME);
        dated.add(new Dated(artifact, fileSystem.getFileStatus(manifest).getModificationTime()));
      } catch (FileNotFoundException removedMeanwhile) {
        continue;
      }
    }
    return dated.stream()
        .sorted(
            Comparator.comparingLong(Dated::time)
                .thenComparing(each -> each.artifact().folder().getName())
                .reversed())
        .map(Dated::artifact)
        .toList();
  }
}
