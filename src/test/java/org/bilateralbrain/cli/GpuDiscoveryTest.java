package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The cards that submit/gpu-discovery.sh lists; a script that prints them replaces nvidia-smi. */
class GpuDiscoveryTest {

  private static final String CARDS =
      """
      0, 3.5, Tesla K40m
      1, 6.0, Tesla P100
      2, 7.5, Tesla T4
      3, 8.9, NVIDIA L4
      10, 9.0, NVIDIA H100
      11, 11.0, NVIDIA Thor
      12, 12.0, NVIDIA RTX PRO 6000
      """;

  @TempDir Path temp;

  private record Result(int exitCode, String out, String err) {}

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dl4j  | \"1\", \"2\", \"3\"",
        "torch | \"2\", \"3\", \"10\", \"12\"",
        "''    | \"1\", \"2\", \"3\", \"10\", \"12\"",
      })
  void thoseThatTheEngineHasMachineCodeForAreListed(String engine, String addresses)
      throws Exception {
    Result result = run(CARDS, 0, Map.of("BILATERAL_ENGINE", engine));

    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).isEqualTo("{\"name\": \"gpu\", \"addresses\": [%s]}\n", addresses);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2,3   | \"0\", \"1\"",
        "10,2  | \"1\", \"0\"",
        "0,3   | \"1\"", // a Tesla K40m
        "7     | ''",
      })
  void ofVisibleCardsThePlacesAreListedThatCudaCounts(String visible, String addresses)
      throws Exception {
    assertThat(run(CARDS, 0, Map.of("CUDA_VISIBLE_DEVICES", visible)).out())
        .isEqualTo("{\"name\": \"gpu\", \"addresses\": [%s]}\n", addresses);
  }

  @Test
  void partsOfCardsAreNotSupported() throws Exception {
    assertThat(run(CARDS, 0, Map.of("CUDA_VISIBLE_DEVICES", "MIG-1a2b")).err())
        .isEqualTo(
            "gpu-discovery: CUDA_VISIBLE_DEVICES is 'MIG-1a2b'; expected nvidia-smi's numbers of whole cards, such as 0,1\n");
  }

  @Test
  void eachCardThatIsLeftOutIsNamedWithTheReason() throws Exception {
    assertThat(run("10, 9.0, NVIDIA H100\n", 0, Map.of("BILATERAL_ENGINE", "dl4j")).err())
        .isEqualTo(
            "gpu-discovery: GPU 10 (NVIDIA H100) is left out: its compute capability is 9.0; the engine dl4j serves 3.7 to"
                + " 8.9\n");
    assertThat(run("0, 3.5, Tesla K40m\n", 0, Map.of()).err())
        .isEqualTo(
            "gpu-discovery: GPU 0 (Tesla K40m) is left out: its compute capability is 3.5; the engine dl4j serves 3.7 to"
                + " 8.9; the engine torch serves 7.5 to 10.x, and 12.x\n");
  }

  @Test
  void aMachineWithoutAUsableCardHasNone() throws Exception {
    assertThat(run("0, 3.5, Tesla K40m\n", 0, Map.of()).out())
        .isEqualTo("{\"name\": \"gpu\", \"addresses\": []}\n");
  }

  @Test
  void anUnknownEngineIsAnError() throws Exception {
    Result result = run(CARDS, 0, Map.of("BILATERAL_ENGINE", "theano"));

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .isEqualTo("gpu-discovery: BILATERAL_ENGINE is 'theano'; expected one of: dl4j torch\n");
  }

  @Test
  void withoutAGpuTheScriptFails() throws Exception {
    Result result = run("", 9, Map.of());

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("nvidia-smi finds no GPU");
  }

  @Test
  void aLineThatItCannotParseIsAnError() throws Exception {
    for (String line : List.of("No devices were found", "0, [N/A], NVIDIA GeForce GT 710", "")) {
      Result result = run("1, 8.0, NVIDIA A100\n" + line + "\n2, 8.0, NVIDIA A100\n", 0, Map.of());

      assertThat(result.out()).isEmpty();
      assertThat(result.err())
          .endsWith("tells no GPU's index and compute capability: '" + line + "'\n");
      assertThat(result.exitCode()).isEqualTo(1);
    }
  }

  private Result run(String cards, int exitCode, Map<String, String> variables)
      throws IOException, InterruptedException {
    Path list = Files.writeString(temp.resolve("cards"), cards);
    Path smi = temp.resolve("nvidia-smi");
    Files.writeString(smi, "#!/bin/sh\ncat %s\nexit %d\n".formatted(list, exitCode));
    Files.setPosixFilePermissions(smi, PosixFilePermissions.fromString("rwxr-xr-x"));
    ProcessBuilder script = new ProcessBuilder("submit/gpu-discovery.sh");
    Map<String, String> environment = script.environment();
    environment.put("PATH", temp + ":" + environment.get("PATH"));
    environment.remove("CUDA_VISIBLE_DEVICES");
    environment.putAll(variables);
    Process process = script.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), out, err);
  }
}
