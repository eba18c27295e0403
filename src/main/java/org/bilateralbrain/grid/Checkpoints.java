package org.bilateralbrain.grid;

import java.util.List;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.nn.HemisphereShape;

/** Trained hemispheres that a configuration names. */
public interface Checkpoints {

  /**
   * @param location as any machine would have to name it
   * @param digest of the content
   */
  record Checkpoint(String location, String digest) {}

  /**
   * Reads a checkpoint and makes sure that it is what it is wanted for.
   *
   * @throws org.bilateralbrain.data.DataException if it is missing, damaged or of another network
   */
  Checkpoint find(String location, HemisphereShape shape, List<Head> heads);
}
