package org.bilateralbrain.train;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.analysis.NetworkAnalysis;
import org.bilateralbrain.config.CheckpointEvery;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.grid.GridPoint;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Engines;
import org.bilateralbrain.sweep.SweepSetup;

/** Trains and analyses a whole sweep in the calling thread, without Spark. */
public final class TrainedHere {

  private TrainedHere() {}

  /** Returns what analysed it. */
  public static NetworkAnalysis everythingOf(SweepSetup setup) throws IOException {
    Configuration hadoop = new Configuration();
    DataSet dataSet = DataSource.Cache.load(setup.source(), hadoop);
    JobRunner runner =
        new JobRunner(
            Engines.named("dl4j"), setup.store(), dataSet, hadoop, new CheckpointEvery.Never());
    for (Job job : setup.plan().jobs()) {
      runner.run(job, progress -> {});
    }
    NetworkAnalysis analysis =
        new NetworkAnalysis(
            Engines.named("dl4j"),
            setup.store(),
            StoredNetworks.of(setup.store(), dataSet, hadoop),
            dataSet);
    for (GridPoint point : setup.plan().points()) {
      analysis.run(point.job(), point.heads());
    }
    return analysis;
  }
}
