package org.bilateralbrain.grid;

import java.io.Serializable;
import org.bilateralbrain.nn.ClassOrder;

/**
 * A network that was trained elsewhere.
 *
 * @param location URI of a PyTorch file or of an artifact's folder, which every machine can use; no
 *     result depends on it
 * @param digest of the content
 * @param classOrder of a single head's rows; two heads are always in numeric order
 */
public record Checkpoint(String location, String digest, ClassOrder classOrder)
    implements Serializable {

  /** Adds what a result depends on. The order of our own artifacts isn't mentioned. */
  Specification describeTo(Specification specification, String key) {
    specification.add(key, digest);
    return classOrder == ClassOrder.NUMERIC
        ? specification
        : specification.add(key + ".class-order", classOrder.label());
  }
}
