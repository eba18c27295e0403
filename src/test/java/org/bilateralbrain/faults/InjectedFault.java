package org.bilateralbrain.faults;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.Random;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;

/**
 * A fault in another process, such as an executor. Hadoop's settings name the fault; token files
 * determine how often it occurs: each occurrence uses up one.
 */
public final class InjectedFault implements Faults {

  static final String KIND = "bilateral.test.fault";
  static final String TOKENS = "bilateral.test.tokens";

  /** If set, the fault occurs only on the executors of this host. */
  static final String HOST = "bilateral.test.host";

  /** Kinds of faults. */
  public enum Kind {
    /** The process is killed (SIGKILL) in the middle of an epoch. */
    KILL_IN_EPOCH,
    /** The process is killed when half of a checkpoint, not the first one, has been written. */
    KILL_IN_CHECKPOINT,
    /** The process is killed after the artifact is committed, before the task returns. */
    KILL_AFTER_COMMIT,
    /** The task hangs in the middle of an epoch until it is interrupted. */
    HANG_IN_EPOCH,
    /** One operation in five on artifacts and checkpoints fails. */
    FAIL_SOMETIMES,
    /** Writes to an artifact fail. */
    NO_SPACE,
    /** The process is killed right after a checkpoint. */
    KILL_AFTER_CHECKPOINT,
    /** The artifact is deleted when its task finishes. */
    LOSE_ARTIFACT,
    /** The data set is missing. */
    NO_DATA,
    /** The store is a local folder of this machine, not the shared one. */
    OTHER_DISK,
    /** The store is read-only. */
    READ_ONLY,
    /** A native library is missing. */
    NO_LIBRARY,
    /** The process runs out of memory. */
    NO_MEMORY
  }

  private final Kind kind;
  private final java.nio.file.Path tokens;
  private final String host;
  private final Random random = new Random();

  public InjectedFault(Configuration hadoop) {
    kind = Kind.valueOf(hadoop.get(KIND));
    tokens = java.nio.file.Path.of(hadoop.get(TOKENS));
    host = hadoop.get(HOST, "");
  }

  @Override
  public void before(Operation operation, Path path) throws IOException {
    if (!isHere()) {
      return;
    }
    boolean isData = path.toString().contains("/data/");
    boolean isNote = path.getName().contains("progress.json");
    boolean isCheckpoint = path.toString().contains("/attempts/") && !isNote;
    boolean isArtifact = path.toString().contains("/artifacts/");
    switch (kind) {
      case KILL_IN_EPOCH -> {
        if (isNote && takeToken()) {
          kill();
        }
      }
      case KILL_IN_CHECKPOINT -> {
        if (isCheckpoint
            && operation == Operation.WRITE
            && path.getName().equals("best.safetensors")
            && hasBrother(path)
            && takeToken()) {
          kill();
        }
      }
      case HANG_IN_EPOCH -> {
        if (isNote && takeToken()) {
          hang();
        }
      }
      case FAIL_SOMETIMES -> {
        if ((isCheckpoint || isArtifact) && random.nextInt(5) == 0 && takeToken()) {
          throw new IOException(operation + " failed: disk error");
        }
      }
      case NO_SPACE -> {
        if (isArtifact && operation == Operation.WRITE && takeToken()) {
          throw new IOException("No space left on device");
        }
      }
      case LOSE_ARTIFACT -> {
        if (operation == Operation.DELETE
            && path.getParent().toString().endsWith("/attempts/hemisphere")
            && takeToken()) {
          FileUtils.deleteDirectory(
              new File(path.toUri().getPath().replace("/attempts/", "/artifacts/")));
        }
      }
      case NO_DATA -> {
        if (isData && takeToken()) {
          throw new FileNotFoundException(path + " (no such file or directory)");
        }
      }
      case READ_ONLY -> {
        if (operation == Operation.CREATE && takeToken()) {
          throw new IOException("Read-only file system");
        }
      }
      case NO_LIBRARY -> {
        if (isNote && takeToken()) {
          throw new UnsatisfiedLinkError("no jnind4jcpu in java.library.path");
        }
      }
      case NO_MEMORY -> {
        if (isNote && takeToken()) {
          throw new OutOfMemoryError("Physical memory usage is too high");
        }
      }
      case OTHER_DISK, KILL_AFTER_COMMIT, KILL_AFTER_CHECKPOINT -> {
        // see afterClose and leadsTo
      }
    }
  }

  @Override
  public void afterClose(Path path) {
    String area = kind == Kind.KILL_AFTER_COMMIT ? "/artifacts/" : "/attempts/";
    if ((kind == Kind.KILL_AFTER_COMMIT || kind == Kind.KILL_AFTER_CHECKPOINT)
        && path.toString().contains(area)
        && path.getName().equals("manifest.json")
        && takeToken()) {
      kill();
    }
  }

  @Override
  public Path leadsTo(Path path) {
    return kind == Kind.OTHER_DISK && isHere()
        ? new Path(path.toString().replace("/store", "/store-of-" + host))
        : path;
  }

  /**
   * Faults occur in every process if no host is set, otherwise only in the executors of that host,
   * never in the driver.
   */
  private boolean isHere() {
    return host.isEmpty()
        || (SparkEnv.get().blockManager().blockManagerId().host().equals(host)
            && !SparkEnv.get().executorId().equals("driver"));
  }

  private static boolean hasBrother(Path fileOfCheckpoint) throws IOException {
    try (var checkpoints =
        Files.list(
            java.nio.file.Path.of(fileOfCheckpoint.getParent().getParent().toUri().getPath()))) {
      return checkpoints.filter(Files::isDirectory).count() > 1;
    }
  }

  /** Each token goes to one process only. */
  private boolean takeToken() {
    try (var files = Files.list(tokens)) {
      for (java.nio.file.Path token : files.toList()) {
        try {
          Files.delete(token);
          return true;
        } catch (NoSuchFileException taken) {
          // by another process
        }
      }
      return false;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void kill() {
    try {
      new ProcessBuilder("kill", "-9", String.valueOf(ProcessHandle.current().pid())).start();
      Thread.sleep(60_000);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void hang() {
    try {
      Thread.sleep(600_000);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while hanging", e);
    }
  }
}
