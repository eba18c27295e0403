package org.bilateralbrain.train;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;
import org.bilateralbrain.nn.layers.NativeThreads;
import org.bilateralbrain.store.Program;
import org.bilateralbrain.store.Provenance;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner.ExecutionerType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * What the calling thread computes on, for people.
 *
 * @param gpu null if it is the processor
 */
public record Machine(String host, String processor, String gpu) {

  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

  public static Machine here() throws IOException {
    return new Machine(InetAddress.getLocalHost().getHostName(), readProcessor(), findGpu());
  }

  /** Of what is being made now. */
  public Provenance provenance(Instant started) {
    return new Provenance(
        Program.running().toString(),
        host,
        processor,
        gpu,
        NativeThreads.ofThisTask(),
        Runtime.version().toString(),
        started.truncatedTo(ChronoUnit.MILLIS).toString(),
        Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
  }

  private static String readProcessor() throws IOException {
    if (!Files.isReadable(PROCESSORS)) {
      return System.getProperty("os.arch");
    }
    try (Stream<String> lines = Files.lines(PROCESSORS)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    }
  }

  private static String findGpu() {
    return Nd4j.getExecutioner().type() == ExecutionerType.CUDA
        ? NativeOpsHolder.getInstance().getDeviceNativeOps().getDeviceName(Nd4j.getAffinityManager().getDeviceForCurrentThread())
        : null;
  }
}
