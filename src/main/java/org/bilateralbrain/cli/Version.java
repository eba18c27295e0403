package org.bilateralbrain.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The project's version, which the build writes into the jar. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() throws IOException {
    try (InputStream in = Version.class.getResourceAsStream("/org/bilateralbrain/cli/version.properties")) {
      Properties properties = new Properties();
      properties.load(in);
      return new String[] {"bilateral " + properties.getProperty("version")};
    }
  }
}
