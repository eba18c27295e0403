package org.bilateralbrain.spark;

import java.io.IOException;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkUserAppException;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * YARN's application master with the driver in it (deploy mode cluster). It takes System.exit for a
 * crash, whatever the code; it learns how the program ended from {@code main} returning or
 * throwing, and only after a SparkContext was there.
 *
 * <p>After a failure YARN starts the next application master. That one goes on with an aborted run;
 * but after a failure that would be the same again, it finds the code in the application's folder
 * and ends with it, too.
 */
final class YarnMaster {

  /** The exit code of an aborted run; see Main. */
  private static final int ABORTED = 3;

  private final SparkConf conf;
  private final FileSystem fileSystem;
  private final Path verdict;

  private YarnMaster(SparkConf conf, Path folder, Configuration hadoop) throws IOException {
    this.conf = conf;
    fileSystem = folder.getFileSystem(hadoop);
    verdict = new Path(folder, "exit-code");
  }

  /** The one that this process is, if any. */
  static Optional<YarnMaster> running(SparkConf conf) throws IOException {
    String folder = System.getenv("SPARK_YARN_STAGING_DIR");
    return folder == null || !conf.get("spark.submit.deployMode", "").equals("cluster")
        ? Optional.empty()
        : Optional.of(new YarnMaster(conf, new Path(folder), SparkDriver.hadoop()));
  }

  /**
   * Runs the program unless its end is known.
   *
   * @throws SparkUserAppException with its exit code if that is not 0
   */
  void end(IntSupplier program) throws IOException, SparkUserAppException {
    int code = fileSystem.exists(verdict) ? earlier() : program.getAsInt();
    if (code != 0 && code != ABORTED) {
      try (FSDataOutputStream out = fileSystem.create(verdict, true)) {
        out.write(code);
      }
    }
    if (!SparkDriver.hasStarted()) { // YARN isn't told what ended earlier
      new JavaSparkContext(conf.setAppName("bilateral")).close();
    }
    if (code != 0) {
      throw new SparkUserAppException(code);
    }
  }

  private int earlier() throws IOException {
    try (FSDataInputStream in = fileSystem.open(verdict)) {
      return in.read();
    }
  }
}
