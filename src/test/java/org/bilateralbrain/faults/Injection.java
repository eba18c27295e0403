package org.bilateralbrain.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** A fault that occurs a given number of times in the executors of a cluster. */
public record Injection(Path tokens, int times) {

  public static Injection into(SparkConf conf, InjectedFault.Kind kind, int times, Path tokens)
      throws IOException {
    settings(kind, tokens).forEach((key, value) -> conf.set("spark.hadoop." + key, value));
    return of(tokens, times);
  }

  /** Into a running cluster: affects everything that is started on it from now on. */
  public static Injection into(
      JavaSparkContext spark, InjectedFault.Kind kind, int times, Path tokens) throws IOException {
    settings(kind, tokens).forEach(spark.hadoopConfiguration()::set);
    return of(tokens, times);
  }

  public static void removeFrom(JavaSparkContext spark) {
    settings(InjectedFault.Kind.NO_SPACE, Path.of(""))
        .keySet()
        .forEach(spark.hadoopConfiguration()::unset);
    spark.hadoopConfiguration().unset(InjectedFault.HOST);
  }

  private static Map<String, String> settings(InjectedFault.Kind kind, Path tokens) {
    return Map.of(
        "fs.file.impl",
        FaultyFileSystem.class.getName(),
        "fs.file.impl.disable.cache",
        "true",
        FaultyFileSystem.FAULTS,
        InjectedFault.class.getName(),
        InjectedFault.KIND,
        kind.name(),
        InjectedFault.TOKENS,
        tokens.toString());
  }

  private static Injection of(Path tokens, int times) throws IOException {
    Files.createDirectories(tokens);
    for (int i = 0; i < times; i++) {
      Files.createFile(tokens.resolve("token-" + i));
    }
    return new Injection(tokens, times);
  }

  /** Restricts it to the executors of one host. */
  public Injection onlyOn(String host, JavaSparkContext spark) {
    spark.hadoopConfiguration().set(InjectedFault.HOST, host);
    return this;
  }

  /** How often it has occurred. */
  public int count() throws IOException {
    try (var left = Files.list(tokens)) {
      return times - (int) left.count();
    }
  }
}
