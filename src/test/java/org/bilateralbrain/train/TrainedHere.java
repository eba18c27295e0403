package org.bilateralbrain.train;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.analysis.NetworkAnalysis;
import org.bilateralbrain.analysis.RequestedSaliency;
import org.bilateralbrain.config.CheckpointEvery;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.grid.GridPoint;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.nn.Engines;
import org.bilateralbrain.store.SaliencyRequests;
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
            StoredNetworks.of(setup.store(), hadoop),
            dataSet);
    for (GridPoint point : setup.plan().points()) {
      analysis.run(point.job(), point.heads());
    }
    return analysis;
  }

  /** Makes saliency maps of all networks for these test images, as the command analyse does. */
  public static void explain(SweepSetup setup, List<Integer> images) throws IOException {
    SaliencyRequests requests =
        SaliencyRequests.read(setup.store(), setup.config().name(), setup.planFile()).with(images);
    RequestedSaliency saliency = saliency(setup);
    for (GridPoint point : setup.plan().points()) {
      for (List<Integer> request : requests.requests()) {
        saliency.run(point.job(), point.heads(), request);
      }
    }
    requests.write(setup.store(), setup.config().name());
  }

  public static RequestedSaliency saliency(SweepSetup setup) {
    Configuration hadoop = new Configuration();
    DataSet dataSet = DataSource.Cache.load(setup.source(), hadoop);
    return new RequestedSaliency(
        Engines.named("dl4j"), setup.store(), StoredNetworks.of(setup.store(), hadoop), dataSet);
  }
}
