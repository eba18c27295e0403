package org.bilateralbrain.spark;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** Spark in the test's own JVM, two tasks at a time. */
public final class LocalSpark {

  private LocalSpark() {}

  public static JavaSparkContext start() {
    return new JavaSparkContext(
        new SparkConf()
            .setMaster("local[2,2]") // two attempts per task
            .setAppName("test")
            .set("spark.ui.enabled", "false")
            .set("spark.task.maxFailures", "2")
            .set("spark.driver.host", "localhost"));
  }
}
