package org.bilateralbrain.nn.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Architecture.Depth;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;
import org.bilateralbrain.nn.Layer.Plasticity;
import org.bilateralbrain.nn.Precision;
import org.bilateralbrain.nn.Sparsity;
import org.bilateralbrain.nn.TestNetworks;
import org.bytedeco.javacpp.Pointer;

/**
 * Prints this process's memory while a tiny network with every kind of operation is trained, used
 * and replaced. With a heap of constant size, as in {@link MemoryOverStepsTest}, whatever grows is
 * native memory.
 */
final class MemoryOverSteps {

  private static final int STEPS_PER_USE = 10;
  private static final int STEPS_PER_NETWORK = 50;
  private static final Sparsity SPARSITY = new Sparsity(0.25, 0.5, Sparsity.Testing.SAMPLE);

  private static final Architecture ARCHITECTURE =
      Architecture.bilateral(
          TestNetworks.IMAGE,
          new HemisphereShape(Backbone.SPARSE_RESNET9, 1, SPARSITY),
          Plasticity.TRAINED,
          new HemisphereShape(Backbone.VGG11, 1, SPARSITY),
          Plasticity.TRAINED,
          TestNetworks.CLASSES);

  private static final List<Examples> BATCHES = TorchNetworks.batches(4);

  private MemoryOverSteps() {}

  /**
   * @param arguments the number of steps, and after how many of them to print a line
   */
  public static void main(String[] arguments) throws IOException {
    int steps = Integer.parseInt(arguments[0]);
    int between = Integer.parseInt(arguments[1]);
    TorchNetworks.useThreads(1);
    TorchNetwork network = create();
    for (int step = 1; step <= steps; step++) {
      network.startEpoch(step);
      network.step(BATCHES.get(step % BATCHES.size()), TorchNetworks.RATES);
      if (step % STEPS_PER_USE == 0) {
        network.predict(BATCHES.get(0));
        network.gradCam(TestNetworks.noise(1, step), ARCHITECTURE.maps(Depth.MIDDLE), Head.FINE, 0);
        network.meanLoss();
      }
      if (step % STEPS_PER_NETWORK == 0) {
        network = replaced(network);
      }
      if (step % between == 0) {
        System.out.printf(
            "%s steps: %s KiB, %s pointers%n", step, residentKib(), Pointer.totalCount());
      }
    }
    network.close();
  }

  private static TorchNetwork create() {
    return TorchNetworks.create(
        ARCHITECTURE, TorchNetworks.PAPER, TorchDevice.CPU_AS_GPU, Precision.BF16);
  }

  /** By another network with the same weights and moments. */
  private static TorchNetwork replaced(TorchNetwork network) {
    TorchNetwork other = create();
    other.restore(network.snapshot());
    network.close();
    return other;
  }

  /** Without what is read from files, such as code. */
  private static long residentKib() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("RssAnon:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
          .sum();
    }
  }
}
