package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** What the build leaves in target/: the program's jar, and beside it each engine's natives. */
class BuildOutputIT {

  private static final String NATIVE = ".*\\.(so|dylib|dll|jnilib|a)(\\.[0-9]+)*";
  private static final int MAX_JAR_MIB = 60;

  @Test
  void theProgramsJarHoldsNoNativeLibraryButThoseOfJna() throws IOException {
    Path jar = only("target", "bilateral-sweep-*-all.jar");

    try (JarFile open = new JarFile(jar.toFile())) {
      assertThat(open.stream().map(ZipEntry::getName).filter(name -> name.matches(NATIVE)))
          .isNotEmpty()
          .allMatch(name -> name.startsWith("com/sun/jna/"));
      assertThat(open.stream().map(ZipEntry::getName))
          .contains(
              "org/nd4j/linalg/cpu/nativecpu/CpuBackend.class",
              "org/bytedeco/dnnl/global/dnnl.class",
              "org/bytedeco/pytorch/global/torch.class");
    }
    assertThat(Files.size(jar)).isLessThan(MAX_JAR_MIB << 20);
  }

  @Test
  void eachEnginesFolderHoldsItsNativeLibrariesAndThoseThatTheyNeed() throws IOException {
    assertThat(artifacts("dl4j"))
        .containsExactly("dnnl", "javacpp", "nd4j-native", "openblas", "opencl");
    assertThat(artifacts("torch")).containsExactly("javacpp", "openblas", "pytorch");
    assertThat(libraries("dl4j", "nd4j-native-*.jar"))
        .contains("libnd4jcpu.so", "libjnind4jcpu.so");
    assertThat(libraries("dl4j", "dnnl-*.jar")).contains("libdnnl.so.3", "libjnidnnl.so");
    assertThat(libraries("torch", "pytorch-*.jar")).contains("libtorch_cpu.so", "libjnitorch.so");
  }

  @Test
  void whatTellsTheScriptsThatTheBuildWasFinishedIsWrittenLast() throws IOException {
    Path last = Path.of("target/spark.classpath");

    try (Stream<Path> engines = Files.walk(Path.of("target/engines"), 1)) {
      assertThat(engines).isNotEmpty().allMatch(folder -> !newer(folder, last));
    }
    assertThat(newer(only("target", "bilateral-sweep-*-all.jar"), last)).isFalse();
  }

  private static boolean newer(Path file, Path other) {
    try {
      return Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(other)) > 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names of the artifacts in an engine's folder. */
  private static List<String> artifacts(String engine) throws IOException {
    try (Stream<Path> files = Files.list(Path.of("target/engines", engine))) {
      return files
          .map(file -> file.getFileName().toString().replaceAll("-[0-9].*", ""))
          .sorted()
          .toList();
    }
  }

  private static List<String> libraries(String engine, String glob) throws IOException {
    try (JarFile open = new JarFile(only("target/engines/" + engine, glob).toFile())) {
      return open.stream()
          .map(ZipEntry::getName)
          .filter(name -> name.matches(NATIVE))
          .map(name -> name.substring(name.lastIndexOf('/') + 1))
          .toList();
    }
  }

  private static Path only(String folder, String glob) throws IOException {
    try (var files = Files.newDirectoryStream(Path.of(folder), glob)) {
      List<Path> found = new ArrayList<>();
      files.forEach(found::add);
      assertThat(found).as(folder + "/" + glob).hasSize(1);
      return found.get(0);
    }
  }
}
