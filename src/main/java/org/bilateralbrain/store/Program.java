package org.bilateralbrain.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * The version of this program, as its build recorded it in the jar.
 *
 * @param commit of the source, with "-modified" if there were uncommitted changes; "unknown" if it
 *     was not built from a repository
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
      throw new UncheckedIOException(e); // the file is in our own jar
    }
  }

  @Override
  public String toString() {
    return "bilateral %s, commit %s".formatted(version, commit);
  }
}
