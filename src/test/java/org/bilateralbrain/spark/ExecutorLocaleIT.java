package org.bilateralbrain.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The default locale of tasks on machines whose locale has digits other than 0 to 9. */
@Timeout(120)
class ExecutorLocaleIT {

  private static final String JAVA_OPTIONS = "spark.executor.extraJavaOptions";

  @Test
  void anExecutorFormatsInTheRootLocaleFromItsFirstTaskOn() throws IOException {
    SparkConf conf = LocalCluster.conf(1, 1);
    conf.set(JAVA_OPTIONS, conf.get(JAVA_OPTIONS) + " -Duser.language=fa -Duser.country=IR");
    try (JavaSparkContext spark = LocalCluster.start(conf)) {
      assertThat(formattedByAnyTask(spark)).isNotEqualTo("1");
      assertThat(formattedByOurTask(spark)).isEqualTo("1");
    }
  }

  @Test
  void inLocalModeTheJvmKeepsItsLocale() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("fa-IR"));
    try (JavaSparkContext spark = LocalSpark.start()) {
      assertThat(formattedByOurTask(spark)).isEqualTo(formattedByAnyTask(spark)).isNotEqualTo("1");
    } finally {
      Locale.setDefault(before);
    }
  }

  private static String formattedByAnyTask(JavaSparkContext spark) {
    return spark.parallelize(List.of(1), 1).map(number -> String.format("%d", number)).first();
  }

  private static String formattedByOurTask(JavaSparkContext spark) {
    return spark
        .parallelize(List.of(1), 1)
        .map(
            number -> {
              TaskResources.use(TaskContext.get(), new RecordingEngine(), false);
              return String.format("%d", number);
            })
        .first();
  }
}
