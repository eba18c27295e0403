package org.bilateralbrain.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.report.SweepResults;
import org.bilateralbrain.report.progress.EventLines;
import org.bilateralbrain.store.S3Proxy;
import org.bilateralbrain.sweep.SweepSetup;
import org.bilateralbrain.sweep.SweepSummary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole sweep with an S3 bucket as its store and executors in separate processes. */
class ObjectStoreIT {

  @TempDir Path temp;

  @Test
  @Timeout(180)
  void aSweepOnS3HasTheSameResultsAsOnALocalDiskAndASecondRunTrainsNothing() throws Exception {
    try (S3Proxy s3 = S3Proxy.start(temp)) {
      SparkConf conf = LocalCluster.conf(2, 1);
      s3.hadoop()
          .getPropsWithPrefix("fs.s3a.")
          .forEach((key, value) -> conf.set("spark.hadoop.fs.s3a." + key, value));
      try (JavaSparkContext spark = LocalCluster.start(conf)) {
        TinySweep local = TinySweep.in(temp, "local");
        local.run(spark);

        SweepSummary first = run(spark);
        SweepSummary second = run(spark);

        assertThat(first.toString())
            .startsWith("10 jobs: 10 trained, 0 reused, 0 failed, 0 blocked");
        assertThat(second.toString())
            .startsWith("10 jobs: 0 trained, 10 reused, 0 failed, 0 blocked");
        assertThat(
                accuracies(
                    new String(
                        setup(spark.hadoopConfiguration())
                            .store()
                            .readSweepFile("tiny", SweepResults.FILE_NAME)
                            .orElseThrow(),
                        StandardCharsets.UTF_8)))
            .isEqualTo(local.accuracies());
      }
    }
  }

  private SweepSummary run(JavaSparkContext spark) throws Exception {
    EventLines nowhere = new EventLines(new PrintWriter(Writer.nullWriter()));
    return SparkDriver.run(setup(spark.hadoopConfiguration()), spark, nowhere);
  }

  private SweepSetup setup(Configuration hadoop) throws Exception {
    String store = "bilateral.store=s3a://" + S3Proxy.BUCKET + "/runs";
    return SweepSetup.of(
        SweepConfig.load(temp.resolve("tiny.conf").toFile(), List.of(store)), hadoop);
  }

  private static List<String> accuracies(String csv) {
    return csv.lines()
        .map(line -> String.join(",", List.of(line.split(",")).subList(0, 9)))
        .toList();
  }
}
