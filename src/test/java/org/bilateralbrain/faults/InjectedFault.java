package org.bilateralbrain.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A fault in a process that a test can't reach otherwise: what shall happen is named in Hadoop's settings, how often by
 * tokens, files of which each is good for one time.
 */
public final class InjectedFault implements Faults {

  static final String KIND = "bilateral.test.fault";
  static final String TOKENS = "bilateral.test.tokens";

  /** What happens. */
  public enum Kind {
    /** The process gets SIGKILL in the middle of an epoch. */
    KILL_IN_EPOCH,
    /** … when half of a checkpoint is written, not the first one. */
    KILL_IN_CHECKPOINT,
    /** … when the artifact is there and the task has not returned yet. */
    KILL_AFTER_COMMIT,
    /** The task stops answering in the middle of an epoch, until it is interrupted. */
    HANG_IN_EPOCH,
    /** One operation in five on artifacts and checkpoints fails. */
    FAIL_SOMETIMES,
    /** Writing to an artifact fails. */
    NO_SPACE
  }

  private final Kind kind;
  private final java.nio.file.Path tokens;
  private final Random random = new Random();

  public InjectedFault(Configuration hadoop) {
    kind = Kind.valueOf(hadoop.get(KIND));
    tokens = java.nio.file.Path.of(hadoop.get(TOKENS));
  }

  @Override
  public void before(Operation operation, Path path) throws IOException {
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
        if (isCheckpoint && operation == Operation.WRITE && path.getName().equals("best.npy") && hasBrother(path) && takeToken()) {
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
          throw new IOException(operation + " failed: the disk is loose");
        }
      }
      case NO_SPACE -> {
        if (isArtifact && operation == Operation.WRITE && takeToken()) {
          throw new IOException("No space left on device");
        }
      }
      case KILL_AFTER_COMMIT -> {
        // see afterClose
      }
    }
  }

  @Override
  public void afterClose(Path path) {
    if (kind == Kind.KILL_AFTER_COMMIT
        && path.toString().contains("/artifacts/")
        && path.getName().equals("manifest.json")
        && takeToken()) {
      kill();
    }
  }

  private static boolean hasBrother(Path fileOfCheckpoint) throws IOException {
    try (var checkpoints = Files.list(java.nio.file.Path.of(fileOfCheckpoint.getParent().getParent().toUri().getPath()))) {
      return checkpoints.filter(Files::isDirectory).count() > 1;
    }
  }

  /** Of several processes one gets it. */
  private boolean takeToken() {
    try (var files = Files.list(tokens)) {
      for (java.nio.file.Path token : files.toList()) {
        try {
          Files.delete(token);
          return true;
        } catch (NoSuchFileException taken) {
          continue;
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
      throw new IllegalStateException("hung and was interrupted", e);
    }
  }
}
