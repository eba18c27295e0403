package org.bilateralbrain.grid;

import java.util.List;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;

/** Trained hemispheres that a configuration names. */
public interface Checkpoints {

  /**
   * Reads a checkpoint and makes sure that it is what it is wanted for.
   *
   * @return a digest of its content
   * @throws org.bilateralbrain.data.DataException if it is missing, damaged or of another network
   */
  String digest(String location, HemisphereShape shape, List<Head> heads);
}
