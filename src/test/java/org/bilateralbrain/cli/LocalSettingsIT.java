package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What submit/local.sh makes of its variables, up to the command line with which it starts Java.
 */
@Timeout(60)
class LocalSettingsIT {

  @TempDir Path temp;

  @Test
  void numbersAreReadAsPeopleWriteThem() throws Exception {
    assertThat(
            settings(
                Map.of(
                    "BILATERAL_MEMORY_GIB",
                    "02.5",
                    "BILATERAL_TASKS",
                    "01",
                    "BILATERAL_HEAP",
                    "01G")))
        .contains(
            "-Xmx1024m",
            "-Dorg.bytedeco.javacpp.maxphysicalbytes=2176m",
            "-Dspark.master=local[4,4]",
            "-Dspark.task.cpus=4");
    assertThat(settings(Map.of("BILATERAL_TASKS", "0900", "BILATERAL_HEAP", "0600m")))
        .contains("-Xmx600m", "-Dspark.master=local[900,4]");
  }

  @Test
  void theHeapIsAThirdOfASmallMemory() throws Exception {
    assertThat(settings(Map.of("BILATERAL_MEMORY_GIB", "3"))).contains("-Xmx1024m");
    assertThat(settings(Map.of("BILATERAL_MEMORY_GIB", "1"))).contains("-Xmx512m");
  }

  @Test
  void aRequestForMoreMemoryThanAvailableIsReducedWithAWarning() throws Exception {
    List<String> usual = settings(Map.of());

    assertThat(settings(Map.of("BILATERAL_MEMORY_GIB", "999999"))).isEqualTo(usual);
    assertThat(Files.readString(temp.resolve("stderr")))
        .matches(
            "local.sh: BILATERAL_MEMORY_GIB=999999 is more than there is; jobs get \\d+ MiB, nine tenths of the memory\n");
  }

  @ParameterizedTest
  @CsvSource({
    "BILATERAL_TASKS, all, a whole number from 1 to 999999",
    "BILATERAL_TASKS, 0, a whole number from 1 to 999999",
    "BILATERAL_TASKS, ' ', a whole number from 1 to 999999",
    "BILATERAL_TASKS, 2.5, a whole number from 1 to 999999",
    "BILATERAL_TASKS, 99999999999999999999, a whole number from 1 to 999999",
    "BILATERAL_MEMORY_GIB, 8g, 'a number of GiB from 1 to 999999, such as 7.5'",
    "BILATERAL_MEMORY_GIB, abc, 'a number of GiB from 1 to 999999, such as 7.5'",
    "BILATERAL_MEMORY_GIB, 0, 'a number of GiB from 1 to 999999, such as 7.5'",
    "BILATERAL_MEMORY_GIB, '7,5', 'a number of GiB from 1 to 999999, such as 7.5'",
    "BILATERAL_MEMORY_GIB, -7, 'a number of GiB from 1 to 999999, such as 7.5'",
    "BILATERAL_HEAP, 2, 'a size from 512m to 999999g, such as 2g'",
    "BILATERAL_HEAP, 2gb, 'a size from 512m to 999999g, such as 2g'",
    "BILATERAL_HEAP, 1.5g, 'a size from 512m to 999999g, such as 2g'",
    "BILATERAL_HEAP, 100m, 'a size from 512m to 999999g, such as 2g'",
    "BILATERAL_PROFILE, coda, 'cpu, cuda or torch-cuda'",
  })
  void anInvalidValueIsRefusedInOneLineBeforeMavenOrJavaStarts(
      String variable, String value, String allowed) throws Exception {
    Process process = withStandIns(Map.of(variable, value)).start();

    assertThat(process.inputReader().lines().toList()).isEmpty();
    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(Files.readString(temp.resolve("stderr")))
        .isEqualTo("local.sh: %s must be %s, not '%s'%n", variable, allowed, value);
  }

  @Test
  void aHeapThatLeavesNoMemoryForNetworksIsRefused() throws Exception {
    Process process =
        withStandIns(Map.of("BILATERAL_HEAP", "2g", "BILATERAL_MEMORY_GIB", "2")).start();

    assertThat(process.inputReader().lines().toList()).isEmpty();
    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(Files.readString(temp.resolve("stderr")))
        .isEqualTo(
            "local.sh: BILATERAL_HEAP must leave room for networks in 2048 MiB of memory, not '2g'\n");
  }

  @Test
  void digitsOfOtherScriptsAreRefused() throws Exception {
    Process process = withStandIns(Map.of("LC_ALL", "de_DE.UTF-8", "BILATERAL_TASKS", "²")).start();

    assertThat(process.inputReader().lines().toList()).isEmpty();
    assertThat(process.waitFor()).isEqualTo(2);
  }

  @Test
  void theScriptFindsItsProjectThroughALinkAndWithAnyCdpath() throws Exception {
    Path link =
        Files.createSymbolicLink(
            temp.resolve("bilateral"), Path.of("submit/local.sh").toAbsolutePath());
    for (String script : List.of("submit/local.sh", link.toString())) {
      Process process =
          withStandIns(Map.of("CDPATH", ".:" + temp)).command(script, "--version").start();

      assertThat(process.inputReader().lines().toList())
          .anyMatch(
              word ->
                  word.startsWith(Path.of("target/bilateral-sweep-").toAbsolutePath().toString()));
      assertThat(process.waitFor()).isZero();
    }
  }

  @Test
  void theScriptCanBeCalledWithShAndHasUtf8InAnyLocale() throws Exception {
    Path java = temp.resolve("jdk/bin/java");
    ProcessBuilder script = withStandIns(Map.of("LC_ALL", "C"));
    Files.writeString(java, "#!/bin/sh\necho \"$LC_ALL $SPARK_LOCAL_IP\"\n");

    assertThat(output(script.command("sh", "submit/local.sh", "--version").start()))
        .containsExactly("C.UTF-8 127.0.0.1");
  }

  @Test
  void theNativeLibrariesOfAllEnginesAreOnTheClassPath() throws Exception {
    List<String> words = settings(Map.of());
    List<String> classPath = List.of(words.get(words.indexOf("-cp") + 1).split(":"));

    for (String engine : List.of("dl4j", "torch")) {
      try (Stream<Path> jars = Files.list(Path.of("target/engines", engine))) {
        assertThat(classPath)
            .containsAll(jars.map(jar -> jar.toAbsolutePath().toString()).toList());
      }
    }
    assertThat(classPath.get(0)).endsWith("-all.jar");
    assertThat(classPath).allMatch(entry -> Files.isRegularFile(Path.of(entry)));
  }

  @Test
  void withTheEngineTorchGlibcKeepsLargeBlocksUnlessTheUserSaysOtherwise() throws Exception {
    Path java = Files.createDirectories(temp.resolve("env/bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\nenv\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));

    Map<String, String> environment =
        Map.of("JAVA_HOME", temp.resolve("env").toString(), "MALLOC_TRIM_THRESHOLD_", "1000");
    String configuration =
        Files.writeString(temp.resolve("my.conf"), "bilateral { engine = torch }").toString();

    assertThat(settings(environment, "--set", "bilateral.engine=torch"))
        .isNotEmpty()
        .containsAll(
            settings(environment, configuration).stream()
                .filter(variable -> variable.startsWith("MALLOC"))
                .toList())
        .contains(
            "MALLOC_MMAP_THRESHOLD_=1073741824",
            "MALLOC_TRIM_THRESHOLD_=1000",
            "MALLOC_TOP_PAD_=268435456")
        .noneMatch(variable -> variable.startsWith("CUBLAS")); // a build for CPUs
    assertThat(settings(environment, "conf/quickstart.conf"))
        .noneMatch(variable -> variable.startsWith("MALLOC_MMAP"));
  }

  @Test
  void aBuildOfAnotherProfileIsBuiltAnew() throws Exception {
    settings(Map.of("BILATERAL_PROFILE", "cpu"));
    assertThat(temp.resolve("stderr")).isEmptyFile();

    settings(Map.of("BILATERAL_PROFILE", "torch-cuda"));
    assertThat(Files.readString(temp.resolve("stderr"))).contains("\n-Ptorch-cuda\npackage\n");
  }

  /** The arguments that the script passes to Java, one per line. */
  private List<String> settings(Map<String, String> environment, String... words) throws Exception {
    ProcessBuilder script = withStandIns(environment);
    script.command().addAll(List.of(words));
    return output(script.start());
  }

  private static List<String> output(Process process) throws Exception {
    List<String> words = process.inputReader().lines().toList();
    assertThat(process.waitFor()).isZero();
    return words;
  }

  /** The script with a Java and a Maven that only print their arguments, and with four cores. */
  private ProcessBuilder withStandIns(Map<String, String> environment) throws IOException {
    Path bin = Files.createDirectories(temp.resolve("jdk/bin"));
    Map<String, String> programs =
        Map.of("java", "printf '%s\\n' \"$@\"", "mvn", "printf '%s\\n' \"$@\"", "nproc", "echo 4");
    for (Map.Entry<String, String> program : programs.entrySet()) {
      Path standIn =
          Files.writeString(bin.resolve(program.getKey()), "#!/bin/sh\n" + program.getValue());
      Files.setPosixFilePermissions(standIn, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    ProcessBuilder script =
        new ProcessBuilder("submit/local.sh", "--version")
            .redirectError(temp.resolve("stderr").toFile());
    script
        .environment()
        .putAll(
            Map.of(
                "JAVA_HOME",
                temp.resolve("jdk").toString(),
                "PATH",
                bin + ":" + System.getenv("PATH")));
    script.environment().putAll(environment);
    return script;
  }
}
