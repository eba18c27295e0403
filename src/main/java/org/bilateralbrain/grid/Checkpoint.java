package org.bilateralbrain.grid;

import java.io.Serializable;
import org.bilateralbrain.nn.ClassOrder;
import org.jspecify.annotations.Nullable;

/**
 * A network that was trained elsewhere.
 *
 * @param location URI of a file of another program or of an artifact's folder, which every machine
 *     can use; no result depends on it
 * @param digest of the content
 * @param classOrder of a single head's rows; two heads are always in numeric order
 * @param prefix of the parameters' names, if one had to be chosen
 */
public record Checkpoint(
    String location, String digest, ClassOrder classOrder, @Nullable String prefix)
    implements Serializable {

  /** This network wherever its file is: equal for equal networks. */
  Checkpoint anywhere() {
    return new Checkpoint("", digest, classOrder, prefix);
  }

  /** Adds what a result depends on. What is usual isn't mentioned. */
  Specification describeTo(Specification specification, String key) {
    specification.add(key, digest);
    if (classOrder != ClassOrder.NUMERIC) {
      specification.add(key + ".class-order", classOrder.label());
    }
    return prefix == null ? specification : specification.add(key + ".prefix", prefix);
  }
}
