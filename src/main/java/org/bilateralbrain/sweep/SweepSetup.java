package org.bilateralbrain.sweep;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.ChannelStatistics;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.data.Partition;
import org.bilateralbrain.grid.DataKey;
import org.bilateralbrain.grid.SweepPlan;
import org.bilateralbrain.store.Store;

/** A configuration with everything that it names opened and read: the data set, the store, and the plan they make. */
public record SweepSetup(SweepConfig config, Store store, SweepPlan plan, Inventory inventory) {

  /**
   * Reads the data set and looks through the store; starts nothing.
   *
   * @throws org.bilateralbrain.data.DataException if the data set is missing or damaged
   * @throws IOException if the store can't be reached
   */
  public static SweepSetup of(SweepConfig config, Configuration hadoop) throws IOException {
    DataSet dataSet = DataSource.Cache.load(config.data().source(), hadoop);
    Partition.of(dataSet, config.data().rule()); // fails now rather than in every job
    ChannelStatistics normalisation =
        config.data().normalisation().orElseGet(() -> ChannelStatistics.of(dataSet.train()));
    DataKey data =
        new DataKey(
            dataSet.digest(),
            dataSet.hierarchy().fineClasses(),
            dataSet.hierarchy().coarseClasses(),
            config.data().rule(),
            normalisation);
    SweepPlan plan = SweepPlan.of(config, data);
    Store store = Store.open(config.store(), hadoop);
    return new SweepSetup(config, store, plan, Inventory.of(store, plan));
  }
}
