package org.bilateralbrain.spark;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.bilateralbrain.data.DataException;
import org.bilateralbrain.data.Preparation;
import org.bilateralbrain.data.PreparedPart;

/** Prepares a data set on Spark, file by file. */
public final class PrepareRun {

  private static final long PROGRESS_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(5);

  private PrepareRun() {}

  /**
   * Writes all files and then the description.
   *
   * @throws DataException if any image or file can't be read
   */
  public static void run(Preparation preparation, Configuration hadoop, PrintWriter progress)
      throws InterruptedException {
    SparkConf conf = SparkDriver.conf("bilateral prepare");
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      preparation.finish(written(preparation, spark, progress), hadoop);
    }
  }

  private static List<PreparedPart.Written> written(
      Preparation preparation, JavaSparkContext spark, PrintWriter progress)
      throws InterruptedException {
    Broadcast<SerializableConfiguration> hadoop =
        spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration()));
    List<JavaFutureAction<List<PreparedPart.Written>>> tasks = new ArrayList<>();
    for (PreparedPart part : preparation.parts()) {
      tasks.add(
          spark
              .parallelize(List.of(part), 1)
              .map(each -> each.write(hadoop.value().value()))
              .collectAsync());
    }
    List<PreparedPart.Written> written = new ArrayList<>();
    long lastProgress = System.nanoTime();
    long images = 0;
    for (JavaFutureAction<List<PreparedPart.Written>> task : tasks) {
      try {
        written.addAll(task.get());
      } catch (ExecutionException e) {
        spark.cancelAllJobs();
        throw new DataException(
            "The images can't be prepared: " + TaskFailure.outcome(e).reason(), e);
      }
      images += written.get(written.size() - 1).fine().length;
      if (System.nanoTime() - lastProgress > PROGRESS_INTERVAL_NANOS) {
        lastProgress = System.nanoTime();
        progress.printf("%s of %s images prepared%n", images, preparation.images());
        progress.flush();
      }
    }
    return written;
  }
}
