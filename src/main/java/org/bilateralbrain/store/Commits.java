package org.bilateralbrain.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The commit protocol. Whoever makes something writes its files into a folder that nobody else
 * writes to, and the manifest into it last; a folder with a whole manifest counts, any other is as
 * good as absent. Nothing is ever renamed or overwritten, so that the protocol asks nothing of a
 * file system but that what was written and closed can be read.
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

  /**
   * What was committed, in the order of the commits; its files have not been read yet. Takes a
   * listing of the attempts and of each attempt's files, and a look into each manifest.
   *
   * @throws UnknownFormatException if another version of the program wrote one
   */
  List<Artifact> committed() throws IOException {
    record Dated(Artifact artifact, long time) {}
    List<Dated> dated = new ArrayList<>();
    for (Path attempt : attempts()) {
      Map<String, FileStatus> files = files(fileSystem, attempt);
      FileStatus manifest = files.get(Manifest.FILE_NAME);
      if (manifest != null) {
        Manifest.read(fileSystem, attempt)
            .map(of -> new Artifact(fileSystem, key, attempt, of, files))
            .ifPresent(artifact -> dated.add(new Dated(artifact, manifest.getModificationTime())));
      }
    }
    return dated.stream()
        .sorted(
            Comparator.comparingLong(Dated::time)
                .thenComparing(each -> each.artifact().folder().getName()))
        .map(Dated::artifact)
        .toList();
  }

  /** A folder's files by name; none if there is no such folder. */
  static Map<String, FileStatus> files(FileSystem fileSystem, Path folder) throws IOException {
    Map<String, FileStatus> files = new HashMap<>();
    try {
      for (FileStatus file : fileSystem.listStatus(folder)) {
        files.put(file.getPath().getName(), file);
      }
    } catch (FileNotFoundException none) {
      return Map.of();
    }
    return files;
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
}
