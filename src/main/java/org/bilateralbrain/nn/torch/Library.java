package org.bilateralbrain.nn.torch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import org.bilateralbrain.nn.Engine.UnsuitableBuildException;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.global.torch;

/** Loads libtorch, once per process. */
final class Library {

  /** Written by Maven into the jar of calls and into the jar of native code. */
  private static final String VERSION_FILE = "META-INF/maven/org.bytedeco/pytorch/pom.properties";

  private static boolean loaded;

  private Library() {}

  /**
   * @throws UnsuitableBuildException if this build has no native code for this platform
   * @throws IllegalStateException if the native code is of another version than the calls
   * @throws LinkageError if it can't be loaded
   */
  static synchronized void load() {
    if (loaded) {
      return;
    }
    requireOneVersion(versions());
    if (!isBuiltIn("jnitorch", "") && !isBuiltIn("jnitorch", "-gpu")) {
      throw new UnsuitableBuildException(
          "this build has no native libraries of libtorch for %s: build it with mvn package, or for GPUs with mvn -Ptorch-cuda package"
              .formatted(Loader.getPlatform()));
    }
    Loader.load(torch.class);
    Context context = torch.globalContext();
    // Only warned of, because the list of operations includes some that we use in a deterministic
    // way, such as max pooling of squares that don't overlap.
    context.setDeterministicAlgorithms(true, true);
    context.setDeterministicFillUninitializedMemory(false);
    context.setBenchmarkCuDNN(false);
    context.setDeterministicCuDNN(true);
    loaded = true;
  }

  /**
   * Whether a native library is on the class path.
   *
   * @param extension of the platform's name: empty, or -gpu for a build for GPUs
   */
  static boolean isBuiltIn(String name, String extension) {
    return torch.class.getResource(
            "/org/bytedeco/pytorch/%s%s/%s"
                .formatted(Loader.getPlatform(), extension, System.mapLibraryName(name)))
        != null;
  }

  private static List<String> versions() {
    try {
      List<String> versions = new ArrayList<>();
      ClassLoader loader = Library.class.getClassLoader();
      for (URL file : Collections.list(loader.getResources(VERSION_FILE))) {
        Properties properties = new Properties();
        try (InputStream in = file.openStream()) {
          properties.load(in);
        }
        versions.add(properties.getProperty("version", "unknown"));
      }
      return versions;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Calls of one version into native code of another end in crashes. */
  static void requireOneVersion(List<String> versions) {
    if (new TreeSet<>(versions).size() > 1) {
      throw new IllegalStateException(
          "the class path has libtorch in several versions (%s): use the jars of this program's own build, in its folder engines/torch"
              .formatted(String.join(", ", new TreeSet<>(versions))));
    }
  }

  /** Sets the calling thread's number of CPU threads. BLAS has only one setting per process. */
  static void useThreads(int threads) {
    torch.set_num_threads(threads);
    openblas_nolapack.blas_set_num_threads(threads);
  }
}
