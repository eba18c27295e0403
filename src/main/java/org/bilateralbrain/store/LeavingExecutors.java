package org.bilateralbrain.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Set;
import org.apache.hadoop.fs.Path;

/**
 * A file beside a driver's token: the executors that were told to leave, as when a spot instance is
 * taken away or a node is drained. A training looks its executor up here at the end of each epoch;
 * if it is there, it saves a checkpoint and goes on elsewhere.
 *
 * @param executors by the ids that Spark gives them
 */
public record LeavingExecutors(@JsonProperty("executors") Set<String> executors) {

  private static final String SUFFIX = ".leaving.json";

  /**
   * @param token name of the driver's token
   */
  public static LeavingExecutors read(Store store, String token) throws IOException {
    Path path = path(store, token);
    try {
      return Json.decode(WholeFile.read(store.fileSystem(), path), LeavingExecutors.class, path);
    } catch (FileNotFoundException none) {
      return new LeavingExecutors(Set.of());
    }
  }

  public void write(Store store, String token) throws IOException {
    byte[] json = Json.encode(this);
    WholeFile.replace(store.fileSystem(), path(store, token), out -> out.write(json));
  }

  static void delete(Store store, String token) throws IOException {
    store.fileSystem().delete(path(store, token), false);
  }

  private static Path path(Store store, String token) {
    return store.token(token + SUFFIX);
  }
}
