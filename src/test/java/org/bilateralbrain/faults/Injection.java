package org.bilateralbrain.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkConf;

/** A fault of the executors of a cluster, so many times. */
public record Injection(Path tokens, int times) {

  public static Injection into(SparkConf conf, InjectedFault.Kind kind, int times, Path tokens) throws IOException {
    Files.createDirectories(tokens);
    for (int i = 0; i < times; i++) {
      Files.createFile(tokens.resolve("token-" + i));
    }
    conf.set("spark.hadoop.fs.file.impl", FaultyFileSystem.class.getName())
        .set("spark.hadoop." + FaultyFileSystem.FAULTS, InjectedFault.class.getName())
        .set("spark.hadoop." + InjectedFault.KIND, kind.name())
        .set("spark.hadoop." + InjectedFault.TOKENS, tokens.toString());
    return new Injection(tokens, times);
  }

  /** How often it has happened. */
  public int count() throws IOException {
    try (var left = Files.list(tokens)) {
      return times - (int) left.count();
    }
  }
}
