package org.bilateralbrain.sweep;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.data.ChannelStatistics;
import org.bilateralbrain.data.DataException;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.data.Normalisation;
import org.bilateralbrain.data.Partition;
import org.bilateralbrain.grid.DataKey;
import org.bilateralbrain.grid.SweepPlan;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;
import org.bilateralbrain.train.GivenHemispheres;

/**
 * A configuration with everything that it names opened and read: the data set, the store, and the plan they make.
 *
 * @param source the data set, named so that every machine finds it
 */
public record SweepSetup(SweepConfig config, DataSource source, Store store, SweepPlan plan) {

  /**
   * Reads the data set and opens the store; starts nothing.
   *
   * @throws org.bilateralbrain.data.DataException if the data set is missing or damaged
   * @throws IOException if the store can't be reached
   */
  public static SweepSetup of(SweepConfig config, Configuration hadoop) throws IOException {
    DataSource source = config.data().source().qualified(hadoop);
    DataSet dataSet = DataSource.Cache.load(source, hadoop);
    ChannelStatistics normalisation =
        config.data().normalisation().orElseGet(() -> ChannelStatistics.of(dataSet.train()));
    failNowRatherThanInEveryJob(dataSet, config.data().rule(), normalisation);
    DataKey data =
        new DataKey(
            dataSet.digest(),
            dataSet.hierarchy().fineClasses(),
            dataSet.hierarchy().coarseClasses(),
            config.data().rule(),
            normalisation);
    SweepPlan plan = SweepPlan.of(config, data, new GivenHemispheres(hadoop, dataSet.hierarchy()));
    Store store = Store.open(config.store(), hadoop);
    return new SweepSetup(config, source, store, plan);
  }

  /** Looks through the store, and reads every byte of it that the plan's networks are in. */
  public Inventory inventory() throws IOException {
    return Inventory.of(store, plan);
  }

  /** The plan as a run writes it into the store. */
  public SweepPlanFile planFile() {
    return SweepFiles.file(plan);
  }

  private static void failNowRatherThanInEveryJob(
      DataSet dataSet, Partition.Rule rule, ChannelStatistics statistics) {
    Partition.of(dataSet, rule);
    new Normalisation(statistics);
    if (dataSet.hierarchy().coarseClasses() < 2) {
      throw new DataException("The data set has only one coarse class: there is nothing to tell apart");
    }
  }
}
