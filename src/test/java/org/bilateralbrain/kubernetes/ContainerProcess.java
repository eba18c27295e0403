package org.bilateralbrain.kubernetes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A container: a process in namespaces of its own that is killed for too much memory. */
final class ContainerProcess {

  private static final long GRACE_SECONDS = 30;
  private static final Pattern RESIDENT = Pattern.compile("RssAnon:\\s+(\\d+) kB");
  private static final int KILLED = 137;

  private final Process process;
  private final long limitBytes;
  private volatile boolean isOutOfMemory;

  private ContainerProcess(Process process, long limitBytes) {
    this.process = process;
    this.limitBytes = limitBytes;
  }

  static ContainerProcess start(
      List<String> command, Map<String, String> environment, Path log, long limitBytes)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return new ContainerProcess(builder.start(), limitBytes);
  }

  /** Returns the exit code at the end. */
  int await() throws IOException, InterruptedException {
    while (!process.waitFor(1, TimeUnit.SECONDS)) {
      if (residentBytes() > limitBytes) {
        isOutOfMemory = true;
        kill();
      }
    }
    // killed by a signal, a process has no exit code, and Java gives 128 and the signal's number
    return isOutOfMemory ? KILLED : process.exitValue();
  }

  boolean isOutOfMemory() {
    return isOutOfMemory;
  }

  /** Asks the container to end, as Kubernetes does, and kills it if it doesn't. */
  void stop() throws InterruptedException {
    // unshare ignores the signal; its child is the container's first process
    process.toHandle().children().forEach(ProcessHandle::destroy);
    if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
      kill();
    }
  }

  void kill() {
    // unshare can't pass it on to a process of another user; all others end with the first one
    process.toHandle().children().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private long residentBytes() throws IOException {
    long sum = 0;
    for (ProcessHandle each : process.toHandle().descendants().toList()) {
      try {
        Matcher line =
            RESIDENT.matcher(Files.readString(Path.of("/proc/%d/status".formatted(each.pid()))));
        sum += line.find() ? Long.parseLong(line.group(1)) << 10 : 0;
      } catch (NoSuchFileException ended) {
        // its memory is free
      }
    }
    return sum;
  }
}
