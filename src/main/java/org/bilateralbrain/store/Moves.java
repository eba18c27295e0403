package org.bilateralbrain.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.Path;

/**
 * A file beside a driver's token: trainings that are to go on elsewhere. A training looks itself up
 * here at the end of an epoch; if it is there, it saves a checkpoint and stops.
 *
 * @param leaving executors that were told to leave, as when a spot instance is taken away or a node
 *     is drained; by the ids that Spark gives them
 * @param moving trainings, by id, that let the sweep end sooner if they leave their executor, the
 *     value
 */
public record Moves(
    @JsonProperty("leaving") Set<String> leaving,
    @JsonProperty("moving") Map<String, String> moving) {

  private static final String SUFFIX = ".moves.json";

  public static final Moves NONE = new Moves(Set.of(), Map.of());

  /**
   * @param token name of the driver's token
   */
  public static Moves read(Store store, String token) throws IOException {
    Path path = path(store, token);
    try {
      return Json.decode(WholeFile.read(store.fileSystem(), path), Moves.class, path);
    } catch (FileNotFoundException none) {
      return NONE;
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
