package org.bilateralbrain.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * This program, as its build wrote it into the jar.
 *
 * @param commit of its source, with "-modified" if there was more to it; "unknown" if it was not
 *     built from a repository
 */
public record Program(String version, String commit) {

  public static Program running() {
    try (InputStream in = Program.class.getResourceAsStream("version.properties")) {
      Properties properties = new Properties();
      properties.load(in);
      boolean modified = Boolean.parseBoolean(properties.getProperty("modified"));
      return new Program(
          properties.getProperty("version"),
          properties.getProperty("commit") + (modified ? "-modified" : ""));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // of a file in our own jar
    }
  }

  @Override
  public String toString() {
    return "bilateral %s, commit %s".formatted(version, commit);
  }
}
