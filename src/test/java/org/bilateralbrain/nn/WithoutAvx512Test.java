package org.bilateralbrain.nn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.bilateralbrain.data.ImageShape;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Processors without AVX-512 run other code of oneDNN. It chooses once per process, hence a JVM of
 * its own.
 */
@Timeout(120)
class WithoutAvx512Test {

  /** Some of their convolutions have fewer channels than one of AVX2's registers has floats. */
  private static final List<Integer> WIDTHS = List.of(1, 2, 4);

  private static final int IMAGES = 16;
  private static final int CLASSES = 4;
  private static final int STEPS = 5;

  @TempDir Path temp;

  @ParameterizedTest
  @ValueSource(strings = {"dl4j", "torch"})
  void narrowResNetsTrainTheSame(String engine) throws Exception {
    double[] actual =
        Arrays.stream(printedWithInstructionsUpTo("AVX2", engine).split(" ", -1))
            .mapToDouble(Double::parseDouble)
            .toArray();

    assertThat(actual).hasSize(WIDTHS.size());
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i])
          .as("width %d", WIDTHS.get(i))
          .isEqualTo(lossOfResNet18(engine, WIDTHS.get(i)), within(1e-2));
    }
  }

  private String printedWithInstructionsUpTo(String instructions, String engine)
      throws IOException, InterruptedException {
    Path printed = temp.resolve("printed");
    Path errors = temp.resolve("errors");
    ProcessBuilder child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:ErrorFile=" + temp.resolve("crash"),
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                WithoutAvx512Test.class.getName(),
                engine)
            .redirectOutput(printed.toFile())
            .redirectError(errors.toFile());
    child.environment().put("ONEDNN_MAX_CPU_ISA", instructions);
    int exitCode = child.start().waitFor();
    assertThat(exitCode).as(() -> "exit code; printed: " + text(printed) + text(errors)).isZero();
    return text(printed).strip();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /**
   * Prints the losses.
   *
   * @param args the engine's name
   */
  public static void main(String[] args) {
    System.out.println(
        String.join(
            " ",
            WIDTHS.stream()
                .map(width -> Double.toString(lossOfResNet18(args[0], width)))
                .toList()));
  }

  /** The mean over a few steps on noise. */
  private static double lossOfResNet18(String engineName, int width) {
    Engine engine = Engines.named(engineName);
    engine.bind(Optional.empty(), 1);
    Architecture architecture =
        Architecture.unilateral(
            new Shape(32, 32, 3),
            new HemisphereShape(Backbone.RESNET18, width),
            Map.of(Head.FINE, CLASSES));
    try (Network network =
        engine.create(
            architecture, Hyperparameters.adam(0, 0), Initialisation.draw(architecture, 1))) {
      network.startEpoch(0);
      Examples images = noise();
      for (int step = 0; step < STEPS; step++) {
        network.step(images, TestNetworks.rates(1e-3));
      }
      return network.meanLoss();
    }
  }

  private static Examples noise() {
    Random random = new Random(1);
    float[] pixels = new float[IMAGES * ImageShape.CIFAR.bytes()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    int[] labels = IntStream.range(0, IMAGES).map(image -> image % CLASSES).toArray();
    return new Examples.OfValues(pixels, labels, labels);
  }
}
