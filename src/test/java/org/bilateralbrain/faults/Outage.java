package org.bilateralbrain.faults;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The store is unavailable for some seconds after a number of commits, for the driver and for tasks
 * in the same process.
 */
public final class Outage implements Faults {

  private static int commitsLeft;
  private static long lengthNanos;
  private static long end;

  /** Called by Hadoop. */
  public Outage(Configuration hadoop) {}

  /** Hadoop settings for the process with the outage. */
  public static Configuration after(int commits, int seconds) {
    commitsLeft = commits;
    lengthNanos = TimeUnit.SECONDS.toNanos(seconds);
    end = 0;
    Configuration hadoop = new Configuration();
    hadoop.set("fs.file.impl", FaultyFileSystem.class.getName());
    hadoop.set(FaultyFileSystem.FAULTS, Outage.class.getName());
    hadoop.setBoolean("fs.file.impl.disable.cache", true);
    return hadoop;
  }

  public static boolean isOver() {
    synchronized (Outage.class) {
      return end != 0 && System.nanoTime() - end > 0;
    }
  }

  @Override
  public void before(Operation operation, Path path) throws IOException {
    synchronized (Outage.class) {
      if (end != 0 && System.nanoTime() - end < 0) {
        throw new IOException("Connection refused");
      }
    }
  }

  @Override
  public void afterClose(Path path) {
    synchronized (Outage.class) {
      if (path.toString().contains("/artifacts/")
          && path.getName().equals("manifest.json")
          && --commitsLeft == 0) {
        end = System.nanoTime() + lengthNanos;
      }
    }
  }
}
