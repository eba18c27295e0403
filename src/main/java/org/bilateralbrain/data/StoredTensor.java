package org.bilateralbrain.data;

import java.util.List;

/** A tensor in a file of another program. */
public interface StoredTensor {

  /** Sizes of the axes. */
  List<Integer> shape();

  /**
   * A copy in C order.
   *
   * @throws DataException if the file has fewer values than the shape says
   */
  float[] values();
}
