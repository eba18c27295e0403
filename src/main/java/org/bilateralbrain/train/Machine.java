package org.bilateralbrain.train;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.stream.Stream;
import org.bilateralbrain.nn.Engine;
import org.bilateralbrain.store.Program;
import org.bilateralbrain.store.Provenance;

/**
 * The machine and device that the calling thread computes on, for people.
 *
 * @param host name of the machine
 * @param processor model name of the CPU
 * @param gpu name of the GPU; empty if the device is the CPU
 * @param threads number of CPU threads
 */
public record Machine(String host, String processor, Optional<String> gpu, int threads) {

  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final String ARCHITECTURE = System.getProperty("os.arch");

  /** The calling thread's machine, and its device as the engine reports it. */
  public static Machine of(Engine engine) {
    Engine.Device device = engine.device();
    return new Machine(hostName(), readProcessor(), device.gpu(), device.threads());
  }

  /** This machine's host name; "unknown" if it can't be found. */
  public static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) { // the machine can't resolve its own name
      return Optional.ofNullable(System.getenv("HOSTNAME")).orElse("unknown");
    }
  }

  /**
   * The provenance of a result that has just been computed.
   *
   * @param workers number of executors that computed it together; usually 1
   */
  public Provenance provenance(Instant started, int workers) {
    return new Provenance(
        Program.running().toString(),
        host,
        processor,
        gpu.orElse(null),
        threads,
        workers,
        Runtime.version().toString(),
        started.truncatedTo(ChronoUnit.MILLIS).toString(),
        Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
  }

  private static String readProcessor() {
    try (Stream<String> lines = Files.lines(PROCESSORS)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(ARCHITECTURE);
    } catch (IOException e) { // not on Linux
      return ARCHITECTURE;
    }
  }
}
