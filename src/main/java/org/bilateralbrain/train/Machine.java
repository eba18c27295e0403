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
 * What the calling thread computes on, for people.
 *
 * @param gpu empty if it is the processor
 * @param threads of the processor
 */
public record Machine(String host, String processor, Optional<String> gpu, int threads) {

  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final String ARCHITECTURE = System.getProperty("os.arch");

  public static Machine of(Engine engine) {
    Engine.Device device = engine.device();
    return new Machine(hostName(), readProcessor(), device.gpu(), device.threads());
  }

  /** Of this machine, as people know it. */
  public static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) { // a name that it can't resolve itself is no reason to fail
      return Optional.ofNullable(System.getenv("HOSTNAME")).orElse("unknown");
    }
  }

  /**
   * Of what is being made now.
   *
   * @param workers one, or executors that work together
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
