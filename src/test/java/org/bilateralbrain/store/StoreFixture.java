package org.bilateralbrain.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.bilateralbrain.faults.Faults;
import org.bilateralbrain.faults.FaultyFileSystem;
import org.junit.jupiter.api.BeforeEach;

/** A store on some file system, with access to its files. */
abstract class StoreFixture {

  static final ArtifactKey KEY = new ArtifactKey("hemisphere", "0123456789abcdef");

  FileSystem fileSystem;
  Path root;
  Store store;

  /** The file system as {@link Store#open} would use it. */
  abstract FileSystem fileSystem() throws IOException;

  /** A folder for tests. */
  abstract Path folder();

  /** The resolution of modification times in ms; that of object stores is one second. */
  long resolutionMillis() {
    return 20;
  }

  /** Number of concurrent writers of one artifact. */
  int writers() {
    return 40;
  }

  @BeforeEach
  void open() throws IOException {
    fileSystem = fileSystem();
    root = new Path(folder(), UUID.randomUUID().toString());
    store = new Store(fileSystem, root);
  }

  Store dying(Faults faults) {
    return new Store(new FaultyFileSystem(fileSystem, faults), root);
  }

  Artifact present() throws IOException {
    Lookup lookup = store.verify(KEY);
    assertThat(lookup).isInstanceOf(Lookup.Present.class);
    return ((Lookup.Present) lookup).artifact();
  }

  static Artifact commit(Store store, String weights, String metrics) throws IOException {
    return commit(store, KEY, weights, metrics);
  }

  static Artifact commit(Store store, ArtifactKey key, String weights, String metrics)
      throws IOException {
    try (ArtifactWriter attempt = store.write(key)) {
      write(attempt, "weights.safetensors", weights);
      write(attempt, "metrics.json", metrics);
      attempt.commit();
    }
    return store.find(key).orElseThrow();
  }

  static void write(ArtifactWriter attempt, String file, String content) throws IOException {
    attempt.write(file, out -> out.write(content.getBytes(StandardCharsets.UTF_8)));
  }

  void overwrite(Path path, byte[] content) throws IOException {
    try (OutputStream out = fileSystem.create(path, true)) {
      out.write(content);
    }
  }

  static String text(byte[] content) {
    return new String(content, StandardCharsets.UTF_8);
  }

  Path file(String name) throws IOException {
    return files().stream().filter(path -> path.getName().equals(name)).findFirst().orElseThrow();
  }

  List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    if (fileSystem.exists(root)) {
      collect(root, files);
    }
    return files;
  }

  void collect(Path folder, List<Path> files) throws IOException {
    FileStatus[] children;
    try {
      children = fileSystem.listStatus(folder);
    } catch (FileNotFoundException emptyFolderOfAnObjectStore) {
      return;
    }
    for (FileStatus status : children) {
      if (status.isDirectory()) {
        collect(status.getPath(), files);
      } else {
        files.add(status.getPath());
      }
    }
  }
}
