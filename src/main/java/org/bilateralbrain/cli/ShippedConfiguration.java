package org.bilateralbrain.cli;

import com.typesafe.config.ConfigUtil;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.DataException;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.data.Locations;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.train.Machine;

/**
 * A sweep's whole configuration in one file, for a driver on a machine that has neither the user's
 * files nor the current folder. Variables of the environment are named, not replaced: values may be
 * secret.
 */
final class ShippedConfiguration {

  /** Names the file in the environment of such a driver. */
  private static final String SHIPPED = "BILATERAL_SHIPPED";

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{[A-Z_][A-Z0-9_]*}");

  private ShippedConfiguration() {}

  /**
   * Writes the file, and copies data from the local file system into the store.
   *
   * @throws IOException if the store can't be reached
   */
  static void write(SweepConfig config, Path file, Configuration hadoop) throws IOException {
    Store store = Store.open(config.store(), hadoop);
    StringBuilder text = new StringBuilder();
    config.resolved().lines().map(ShippedConfiguration::substituting).forEach(text::append);
    if (!Locations.namesFileSystem(config.store())) {
      text.append(setting("bilateral.store", store.root()));
    }
    refuseEncoded(config.data().source(), hadoop);
    if (config.data().source() instanceof DataSource.Location data) {
      text.append(
          setting("bilateral.data.path", data.shared(store.root() + "/data", hadoop).uri()));
    }
    if (store.isLocal()) {
      store.writeToken(token(file));
    }
    Files.writeString(file, text);
  }

  /** Images that are yet to be decoded are too many to copy on each submission. */
  private static void refuseEncoded(DataSource source, Configuration hadoop) {
    String location = "";
    if (source instanceof DataSource.Folder folder) {
      location = folder.uri();
    } else if (source instanceof DataSource.Parquet parquet) {
      location = parquet.uri();
    }
    if (!location.isEmpty() && Locations.qualified(location, hadoop).startsWith("file:")) {
      throw new DataException(
          "The images in %s are on this machine alone: with the command prepare, write them to a folder that all machines share, and set data.source to cifar100 and data.path to that folder"
              .formatted(location));
    }
  }

  /**
   * A quoted string with a variable's name in it, which HOCON takes literally, becomes three that
   * it joins; comments are left alone.
   */
  private static String substituting(String line) {
    return (line.stripLeading().startsWith("#")
            ? line
            : VARIABLE.matcher(line).replaceAll("\"$0\""))
        + "\n";
  }

  private static String setting(String key, String value) {
    return "%s = %s%n".formatted(key, ConfigUtil.quoteString(value));
  }

  /** The file that was shipped to this process, if any. */
  static Optional<File> here() {
    return Optional.ofNullable(System.getenv(SHIPPED)).map(File::new);
  }

  /**
   * A local folder of this machine may be another one than on the machine where the user named it.
   */
  static void requireTheUsersStore(File shipped, SweepConfig config, Configuration hadoop) {
    try {
      Store store = Store.open(config.store(), hadoop);
      if (store.isLocal() && !store.hasToken(token(shipped.toPath()))) {
        throw new DataException(
            "The store %s on %s, where the driver runs, is not the one of the machine that submitted it: set bilateral.store to a"
                    .formatted(store.root(), Machine.hostName())
                + " folder that all machines share, such as hdfs:///user/me/runs");
      }
    } catch (IOException e) {
      throw new DataException(
          "The store %s can't be read: %s".formatted(config.store(), e.getMessage()), e);
    }
  }

  private static String token(Path file) {
    return file.getFileName().toString();
  }
}
