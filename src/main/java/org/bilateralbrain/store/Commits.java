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
 * The commit protocol. Every attempt writes its files to a folder of its own, and the manifest
 * last; a folder with a complete manifest is committed, any other counts as absent. Nothing is ever
 * renamed or overwritten, so the protocol only requires of a file system that a closed file can be
 * read.
 */
final class Commits {

  private final FileSystem fileSystem;
  private final ArtifactKey key;
  private final Path folder;

  /**
   * @param folder contains one folder per attempt
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
   * The committed artifacts, in the order of their commits. Lists the attempts and their files and
   * reads the manifests, but no other file.
   *
   * @throws UnknownFormatException if an incompatible version of the program wrote one
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

  /** A folder's files by name; empty if the folder does not exist. */
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
