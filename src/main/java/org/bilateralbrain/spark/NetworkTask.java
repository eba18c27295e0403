package org.bilateralbrain.spark;

import java.io.Serializable;
import java.util.List;
import org.bilateralbrain.grid.GridPoint;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Head;

/**
 * A trained network to be tested or analysed by a task.
 *
 * @param name of the network in file names
 * @param job that trained it
 * @param heads those of the network, fine before coarse
 */
public record NetworkTask(String name, Job job, List<Head> heads) implements Serializable {

  public static NetworkTask of(GridPoint point) {
    return new NetworkTask(point.name(), point.job(), point.heads());
  }
}
