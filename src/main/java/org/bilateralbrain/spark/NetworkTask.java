package org.bilateralbrain.spark;

import java.io.Serializable;
import java.util.List;
import org.bilateralbrain.grid.GridPoint;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Head;

/**
 * A trained network that something is to be done with.
 *
 * @param name of the network in files
 * @param heads of the job's network, in the order of its outputs
 */
public record NetworkTask(String name, Job job, List<Head> heads) implements Serializable {

  public static NetworkTask of(GridPoint point) {
    return new NetworkTask(point.name(), point.job(), point.heads());
  }
}
