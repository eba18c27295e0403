package org.bilateralbrain.nn.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class MemoryOverStepsTest {

  private static final Pattern LINE =
      Pattern.compile("([0-9]+) steps: ([0-9]+) KiB, ([0-9]+) pointers");

  private static final long LARGEST_GROWTH_KIB = 2048;

  /** In a process of its own, whose heap doesn't grow. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void trainingNeedsNoMoreMemoryFromStepToStep() throws IOException {
    List<MatchResult> lines = LINE.matcher(output("400", "100")).results().toList();

    assertThat(lines).hasSize(4); // after 100 to 400 steps
    long kib = Long.parseLong(lines.get(0).group(2));
    assertThat(Long.parseLong(lines.get(3).group(2))).isLessThan(kib + LARGEST_GROWTH_KIB);
    assertThat(lines.get(3).group(3)).isEqualTo(lines.get(0).group(3));
  }

  private static String output(String... arguments) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xms128m",
            "-Xmx128m",
            "-XX:+AlwaysPreTouch",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            MemoryOverSteps.class.getName());
    builder.command().addAll(List.of(arguments));
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
