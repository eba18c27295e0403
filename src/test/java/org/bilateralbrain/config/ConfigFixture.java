package org.bilateralbrain.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** Configurations read from a few lines of HOCON. */
abstract class ConfigFixture {

  @TempDir Path temp;

  final SweepConfig load(String text, String... overrides) throws IOException {
    Path file = Files.writeString(temp.resolve("sweep.conf"), text);
    List<String> all = new ArrayList<>(List.of(overrides));
    if (!text.contains("name")) {
      all.add("bilateral.name=some");
    }
    return SweepConfig.load(file.toFile(), all);
  }
}
