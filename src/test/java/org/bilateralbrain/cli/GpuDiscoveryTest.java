package org.bilateralbrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The cards that submit/gpu-discovery.sh lists; a script that prints them replaces nvidia-smi. */
@Timeout(60)
class GpuDiscoveryTest {

  private static final String CARDS =
      """
      0, 3.5, [N/A], 30, Tesla K40m
      1, 6.0, [N/A], 31, Tesla P100
      2, 7.5, [N/A], 32, Tesla T4
      3, 8.9, [N/A], 33, NVIDIA L4
      4, 9.0, Disabled, 34, NVIDIA H100
      5, 11.0, [N/A], 35, NVIDIA Thor
      6, 12.0, Disabled, 36, NVIDIA RTX PRO 6000
      """;

  private static final String TWO_CARDS =
      """
      0, 8.0, Disabled, 30, NVIDIA A100
      1, 8.0, Disabled, 31, NVIDIA A100
      """;

  private static final String ONE_DIVIDED =
      """
      0, 8.0, Enabled, [N/A], NVIDIA A100
      """;

  private static final String FIRST_DIVIDED =
      """
      0, 8.0, Enabled, 30, NVIDIA A100
      1, 8.0, Disabled, 31, NVIDIA A100
      """;

  private static final String LOST =
      "Unable to determine the device handle for GPU 0000:3B:00.0: GPU is lost.  Reboot the system to recover this GPU";

  private static final String NONE = "No devices were found";

  private static final String ONLY_THE_FIRST =
      "gpu-discovery: a process can use only the first of 2 MIG devices: give each executor one of its own, on Kubernetes"
          + " one per pod, elsewhere a worker per device with CUDA_VISIBLE_DEVICES=MIG-…\n";

  private final Map<String, String> environment = new HashMap<>();

  @TempDir Path temp;
  private Path answers;

  private record Result(int exitCode, String out, String err) {}

  @BeforeEach
  void replaceNvidiaSmi() throws IOException {
    answers = Files.createDirectory(temp.resolve("answers"));
    program(
        """
        cd %s
        case "$*" in
          -L) cat list ;;
          -i*) if [ -f "card-$2" ]; then cat "card-$2"; else echo No devices were found; exit 6; fi ;;
          *) cat cards; exit "$(cat code)" ;;
        esac
        """
            .formatted(answers));
    answer("list", "");
  }

  private void program(String shell) throws IOException {
    Path program = Files.createDirectories(temp.resolve("bin")).resolve("nvidia-smi");
    Files.writeString(program, "#!/bin/sh\n" + shell);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void answer(String name, String text) throws IOException {
    Files.writeString(answers.resolve(name), text);
  }

  /** What nvidia-smi tells of all cards, and its exit code. */
  private void cards(String rows, int exitCode) throws IOException {
    answer("cards", rows);
    answer("code", String.valueOf(exitCode));
  }

  /**
   * What nvidia-smi -L lists for each card: its MIG devices, separated by blanks. Card 0 has the
   * UUID GPU-a0b1, card 1 GPU-a1b2 and so on.
   */
  private void devices(String... ofCards) throws IOException {
    StringBuilder list = new StringBuilder();
    for (int card = 0; card < ofCards.length; card++) {
      list.append("GPU %1$d: NVIDIA A100 (UUID: GPU-a%1$db%2$d)\n".formatted(card, card + 1));
      for (String device : ofCards[card].split(" ", -1)) {
        list.append(
            device.isEmpty() ? "" : "  MIG 1g.10gb     Device  0: (UUID: %s)\n".formatted(device));
      }
    }
    answer("list", list.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dl4j  | 1 2 3",
        "torch | 2 3 4 6",
        "''    | 1 2 3 4 6",
      })
  void thoseThatTheEngineHasMachineCodeForAreListed(String engine, String addresses)
      throws Exception {
    cards(CARDS, 0);
    environment.put("BILATERAL_ENGINE", engine);

    assertThat(run().out()).isEqualTo(list(addresses));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2,3                | 0 1",
        "6,2                | 0 1",
        "0,3                | 1", // a Tesla K40m
        "GPU-a3b4,GPU-a1b2  | 0 1",
        "GPU-a3,2           | 0 1",
        "2,9,3              | 0", // CUDA ignores what follows an unknown card
      })
  void ofVisibleCardsThePlacesAreListedThatCudaCounts(String visible, String addresses)
      throws Exception {
    cards(CARDS, 0);
    devices("", "", "", "", "", "", "");
    environment.put("CUDA_VISIBLE_DEVICES", visible);

    assertThat(run().out()).isEqualTo(list(addresses));
  }

  @Test
  void aVisibleCardThatIsNotThereIsNamed() throws Exception {
    cards(TWO_CARDS, 0);
    for (String visible : new String[] {"1,7", "1,GPU-c", "1,MIG-c", "1,all"}) {
      environment.put("CUDA_VISIBLE_DEVICES", visible);
      assertThat(run().err())
          .isEqualTo(
              "gpu-discovery: CUDA_VISIBLE_DEVICES is '%s', but there is no '%s'\n",
              visible, visible.substring(2));
    }
    environment.put("CUDA_VISIBLE_DEVICES", "NoDevFiles");
    assertThat(failure())
        .isEqualTo(unusable("CUDA_VISIBLE_DEVICES is 'NoDevFiles', but there is no 'NoDevFiles'"));
  }

  @Test
  void anEmptyListOfVisibleCardsHidesThemAll() throws Exception {
    cards(TWO_CARDS, 0);
    environment.put("CUDA_VISIBLE_DEVICES", "");

    assertThat(failure())
        .isEqualTo(unusable("CUDA_VISIBLE_DEVICES is empty, which hides them all"));
  }

  @Test
  void theOnlyMigDeviceIsCudasFirst() throws Exception {
    cards(ONE_DIVIDED, 0);
    devices("MIG-1a2b");

    assertThat(run()).isEqualTo(new Result(0, list("0"), ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"MIG-3c4d", "MIG-3", "MIG-GPU-a0b1/1/0"})
  void aVisibleMigDeviceIsCudasFirst(String visible) throws Exception {
    cards(ONE_DIVIDED, 0);
    devices("MIG-1a2b MIG-3c4d MIG-GPU-a0b1/1/0");
    environment.put("CUDA_VISIBLE_DEVICES", visible);

    assertThat(run()).isEqualTo(new Result(0, list("0"), ""));
  }

  @Test
  void ofSeveralMigDevicesAProcessUsesTheFirst() throws Exception {
    cards(ONE_DIVIDED, 0);
    devices("MIG-1a2b MIG-3c4d");
    Result expected = new Result(0, list("0"), ONLY_THE_FIRST);

    assertThat(run()).isEqualTo(expected);
    for (String visible : new String[] {"MIG-3c4d,MIG-1a2b", "0", "GPU-a0b1"}) {
      environment.put("CUDA_VISIBLE_DEVICES", visible);
      assertThat(run()).isEqualTo(expected);
    }
  }

  @Test
  void aMigDeviceOfACardThatTheEngineCannotUseIsLeftOut() throws Exception {
    cards("0, 9.0, Enabled, 30, NVIDIA H100\n", 0);
    devices("MIG-1a2b");
    environment.put("BILATERAL_ENGINE", "dl4j");

    assertThat(failure())
        .isEqualTo(
            unusable(
                "GPU 0 (NVIDIA H100) is left out: its compute capability is 9.0; the engine dl4j serves 3.7 to 8.9"));
  }

  @Test
  void aCardInMigModeWithoutMigDevicesOffersNothing() throws Exception {
    cards(ONE_DIVIDED, 0);
    devices("");
    String reason =
        "GPU 0 (NVIDIA A100) is left out: it is in MIG mode, but has no MIG devices (nvidia-smi -mig 0 ends the mode)";

    assertThat(failure()).isEqualTo(unusable(reason));
    cards(FIRST_DIVIDED, 0);
    devices("", "");
    assertThat(run()).isEqualTo(new Result(0, list("0"), "gpu-discovery: " + reason + "\n"));
  }

  @Test
  void besideMigDevicesWholeCardsCannotBeUsed() throws Exception {
    cards(FIRST_DIVIDED, 0);
    devices("MIG-1a2b", "");

    assertThat(run())
        .isEqualTo(
            new Result(
                0,
                list("0"),
                "gpu-discovery: a process that sees MIG devices can use no whole card: start a worker for those with"
                    + " CUDA_VISIBLE_DEVICES=GPU-…\n"));
    environment.put("CUDA_VISIBLE_DEVICES", "GPU-a1b2");
    assertThat(run()).isEqualTo(new Result(0, list("0"), ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1, [GPU is lost], [GPU is lost], [GPU is lost], [GPU is lost]",
        "1, 8.0, [Unknown Error], [Unknown Error], NVIDIA A100",
        "1, 8.0, Disabled, [GPU is lost], NVIDIA A100",
        "1, 8.0, Disabled, [GPU requires reset], NVIDIA A100",
        "1, 8.0, Disabled, ERR!, NVIDIA A100",
        "1, [N/A], [N/A], 30, NVIDIA GeForce GT 710",
      })
  void aLostCardIsLeftOutAndTheOthersKeepTheirNumbers(String row) throws Exception {
    cards(TWO_CARDS.replaceFirst("1, .*", row) + "2, 8.0, Disabled, 32, NVIDIA A100\n", 0);

    assertThat(run())
        .isEqualTo(
            new Result(
                0,
                list("0 2"),
                "gpu-discovery: GPU 1 is left out: nvidia-smi says '%s'\n"
                    .formatted(row.substring(3))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        LOST,
        "Unable to determine the device handle for GPU0000:3B:00.0: Unknown Error",
        "Unable to determine the device handle for GPU1: Unknown Error",
      })
  void whereALostCardEndsTheListEachOneIsAskedFor(String error) throws Exception {
    int exitCode = error.equals(LOST) ? 15 : 255;
    cards(error, exitCode);
    answer("card-0", "0, 8.0, Disabled, 30, NVIDIA A100\n");
    answer("card-1", error);
    answer("card-2", "2, 8.0, Disabled, 32, NVIDIA A100\n");
    Result expected =
        new Result(
            0,
            list("0 2"),
            "gpu-discovery: GPU 1 is left out: nvidia-smi says '%s'\n".formatted(error));

    assertThat(run()).isEqualTo(expected);
    cards("0, 8.0, Disabled, 30, NVIDIA A100\n" + error, exitCode);
    assertThat(run()).isEqualTo(expected);
  }

  @Test
  void aMachineThatLostItsOnlyCardHasNone() throws Exception {
    cards(LOST, 15);
    answer("card-0", LOST);

    assertThat(failure())
        .isEqualTo(unusable("GPU 0 is left out: nvidia-smi says '%s'".formatted(LOST)));
  }

  @Test
  void aDriverThatSaysTheSameOfEachCardIsNotAskedForMore() throws Exception {
    program("echo '%s'; exit 15\n".formatted(LOST));

    assertThat(failure())
        .isEqualTo(unusable("GPU 0 is left out: nvidia-smi says '%s'".formatted(LOST)));
  }

  @Test
  void aDamagedMemoryOfSettingsIsNoReasonToLeaveACardOut() throws Exception {
    cards(TWO_CARDS + "WARNING: infoROM is corrupted at gpu 0000:3B:00.0\n", 14);

    assertThat(run()).isEqualTo(new Result(0, list("0 1"), ""));
  }

  @Test
  void aCardThatHangsIsNotWaitedForForever() throws Exception {
    program("exec sleep 50\n");
    environment.put("BILATERAL_GPU_SECONDS", "1");

    assertThat(failure())
        .matches(
            "gpu-discovery: nvidia-smi on \\S+ didn't answer within 1 s: a card may be lost; reboot the machine, or"
                + " leave it out\n");
  }

  @Test
  void aMachineWithoutCardsOrDriverSaysSo() throws Exception {
    cards(NONE, 6);
    assertThat(failure())
        .isEqualTo("gpu-discovery: nvidia-smi finds no GPU on %s: %s\n", host(), NONE);
    String noDriver =
        "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that it is running.";
    cards(noDriver.replace(". ", ".\n"), 9);
    assertThat(failure())
        .isEqualTo("gpu-discovery: nvidia-smi finds no GPU on %s: %s\n", host(), noDriver);
    Files.delete(temp.resolve("bin/nvidia-smi"));
    environment.put("PATH", pathWithoutNvidiaSmi());
    assertThat(failure())
        .isEqualTo(
            "gpu-discovery: there is no nvidia-smi on %s: the machine has no NVIDIA driver\n",
            host());
  }

  @Test
  void eachCardThatTheEngineCannotUseIsNamedWithTheReason() throws Exception {
    cards("0, 9.0, Disabled, 30, NVIDIA H100\n1, 8.0, Disabled, 30, NVIDIA A100\n", 0);
    environment.put("BILATERAL_ENGINE", "dl4j");
    assertThat(run().err())
        .isEqualTo(
            "gpu-discovery: GPU 0 (NVIDIA H100) is left out: its compute capability is 9.0; the engine dl4j serves 3.7 to"
                + " 8.9\n");
    cards("0, 3.5, [N/A], 30, Tesla K40m\n", 0);
    environment.remove("BILATERAL_ENGINE");
    assertThat(failure())
        .isEqualTo(
            unusable(
                "GPU 0 (Tesla K40m) is left out: its compute capability is 3.5; the engine dl4j serves 3.7 to 8.9; the"
                    + " engine torch serves 7.5 to 10.x, and 12.x"));
  }

  @Test
  void anUnknownEngineOrPatienceIsAnError() throws Exception {
    cards(CARDS, 0);
    environment.put("BILATERAL_ENGINE", "theano");
    assertThat(failure())
        .isEqualTo("gpu-discovery: BILATERAL_ENGINE is 'theano'; expected one of: dl4j torch\n");
    environment.remove("BILATERAL_ENGINE");
    environment.put("BILATERAL_GPU_SECONDS", "a while");
    assertThat(failure())
        .isEqualTo(
            "gpu-discovery: BILATERAL_GPU_SECONDS is 'a while'; expected a whole number of seconds\n");
  }

  private static String list(String addresses) {
    return Stream.of(addresses.split(" ", -1))
        .collect(Collectors.joining("\", \"", "{\"name\": \"gpu\", \"addresses\": [\"", "\"]}\n"));
  }

  private static String unusable(String reasons) throws IOException {
    return "gpu-discovery: no GPU on %s can be used: %s\n".formatted(host(), reasons);
  }

  private static String host() throws IOException {
    return InetAddress.getLocalHost().getHostName();
  }

  private static String pathWithoutNvidiaSmi() {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .filter(folder -> !Files.exists(Path.of(folder, "nvidia-smi")))
        .collect(Collectors.joining(":"));
  }

  /** The only line of a failure. */
  private String failure() throws Exception {
    Result result = run();
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out()).isEmpty();
    assertThat(result.err().lines()).hasSize(1);
    return result.err();
  }

  private Result run() throws IOException, InterruptedException {
    ProcessBuilder script = new ProcessBuilder("submit/gpu-discovery.sh");
    script.environment().put("PATH", temp.resolve("bin") + ":" + System.getenv("PATH"));
    script.environment().remove("CUDA_VISIBLE_DEVICES");
    script.environment().putAll(environment);
    Process process = script.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), out, err);
  }
}
