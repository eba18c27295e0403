package org.bilateralbrain.sweep;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.bilateralbrain.config.InvalidConfigurationException;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.config.Variant;
import org.bilateralbrain.data.ChannelStatistics;
import org.bilateralbrain.data.DataException;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.DataSource;
import org.bilateralbrain.data.ImageShape;
import org.bilateralbrain.data.Normalisation;
import org.bilateralbrain.data.Partition;
import org.bilateralbrain.grid.DataKey;
import org.bilateralbrain.grid.GridPoint;
import org.bilateralbrain.grid.SweepPlan;
import org.bilateralbrain.store.PrunedFile;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;
import org.bilateralbrain.train.PretrainedNetworks;

/**
 * A configuration together with the data set and the store that it names, and the plan that
 * results.
 *
 * @param source the data set, with a location that every machine can resolve
 * @param planFile the plan in the form of its file
 */
public record SweepSetup(
    SweepConfig config, DataSource source, Store store, SweepPlan plan, SweepPlanFile planFile) {

  /**
   * Reads the data set, opens the store and makes the plan, without starting anything.
   *
   * @throws org.bilateralbrain.data.DataException if the data set is missing or damaged
   * @throws IOException if the store can't be reached
   */
  public static SweepSetup of(SweepConfig config, Configuration hadoop) throws IOException {
    return of(config, hadoop, Store.open(config.store(), hadoop));
  }

  private static SweepSetup of(SweepConfig config, Configuration hadoop, Store store) {
    DataSource source = config.data().source().qualified(hadoop);
    DataSet dataSet = DataSource.Cache.load(source, hadoop);
    ChannelStatistics normalisation =
        config.data().normalisation().orElseGet(() -> ChannelStatistics.of(dataSet.train()));
    requireUsable(dataSet, config.data().rule(), normalisation);
    return planned(
        config,
        hadoop,
        source,
        store,
        new SweepPlanFile.Data(
            source.toString(),
            dataSet.digest(),
            dataSet.hierarchy().fineClasses(),
            dataSet.hierarchy().coarseClasses(),
            normalisation.mean(),
            normalisation.std(),
            config.data().normalisation().isEmpty(),
            dataSet.train().shape().size()));
  }

  /**
   * For commands that only read the store: reads the data set only if no earlier run has stored
   * what the plan needs to know about it. So reports don't require access to the data.
   *
   * @throws org.bilateralbrain.data.DataException if the data set is needed but missing or damaged
   * @throws IOException if the store can't be reached
   */
  public static SweepSetup fromStore(SweepConfig config, Configuration hadoop) throws IOException {
    Store store = Store.open(config.store(), hadoop);
    DataSource source = config.data().source().qualified(hadoop);
    Optional<SweepPlanFile.Data> known =
        storedPlan(config, store)
            .map(SweepPlanFile::data)
            .filter(data -> data.source().equals(source.toString()))
            .filter(data -> data.measured() || config.data().normalisation().isPresent());
    return known.isPresent()
        ? planned(config, hadoop, source, store, known.get())
        : of(config, hadoop, store);
  }

  /** The plan in the sweep's folder in the store; empty if there is none. */
  public static Optional<SweepPlanFile> storedPlan(SweepConfig config, Store store)
      throws IOException {
    return store.readSweepFile(config.name(), SweepPlanFile.FILE_NAME, SweepPlanFile.class);
  }

  private static SweepSetup planned(
      SweepConfig config,
      Configuration hadoop,
      DataSource source,
      Store store,
      SweepPlanFile.Data data) {
    ChannelStatistics normalisation =
        config
            .data()
            .normalisation()
            .orElseGet(() -> new ChannelStatistics(data.mean(), data.std()));
    ImageShape shape =
        new ImageShape(
            data.imageSize() == 0 ? ImageShape.CIFAR.size() : data.imageSize(), data.mean().size());
    requireFitting(config, shape);
    DataKey key =
        new DataKey(
            data.digest(),
            shape,
            data.fineClasses(),
            data.coarseClasses(),
            config.data().rule(),
            normalisation);
    PretrainedNetworks checkpoints = new PretrainedNetworks(hadoop);
    SweepPlan plan = SweepPlan.of(config, key, checkpoints);
    return new SweepSetup(config, source, store, plan, SweepFiles.file(plan, data));
  }

  /** The configuration stored with a plan; the empty string if there is none of that plan. */
  public static String storedConfiguration(Store store, String sweep, SweepPlanFile plan)
      throws IOException {
    return SweepFiles.configuration(store, sweep, plan);
  }

  /**
   * A message if the sweep's folder holds the files of another plan that was run under its name
   * last; else empty.
   */
  public Optional<String> otherPlan() throws IOException {
    return storedPlan(config, store)
        .map(SweepPlanFile::plan)
        .filter(other -> !other.equals(planFile.plan()))
        .map(
            other ->
                "%s holds the files of another plan (%s) than that of this configuration (%s)"
                    .formatted(store.sweepFolder(config.name()), other, planFile.plan()));
  }

  /** Looks up which of the plan's artifacts are in the store. */
  public Inventory inventory() throws IOException {
    return Inventory.of(store, plan, pruned());
  }

  /** Where this sweep's decisions about pruning are in the store. */
  public PrunedFile.Place prunedPlace() {
    return new PrunedFile.Place(config.name(), planFile.plan());
  }

  /** The grid points whose networks the sweep is to have: all but those that were pruned. */
  public List<GridPoint> wantedPoints() throws IOException {
    if (!config.grid().tuning().prunes()) {
      return plan.points();
    }
    Inventory inventory = inventory();
    return plan.points().stream()
        .filter(point -> inventory.action(point.job()) != Inventory.Action.PRUNED)
        .toList();
  }

  /** The trainings that were pruned and stay so; none if this configuration doesn't prune. */
  PrunedFile pruned() throws IOException {
    return config.grid().tuning().prunes()
        ? prunedPlace().read(store)
        : PrunedFile.none(planFile.plan());
  }

  private static void requireFitting(SweepConfig config, ImageShape shape) {
    config.grid().variants().stream()
        .flatMap(Variant::augmentations)
        .forEach(
            augmentation -> {
              if (augmentation.pad() >= shape.size() || augmentation.cutout() > shape.size()) {
                throw new InvalidConfigurationException(
                    List.of(
                        "augmentation.pad = %s must be less than the %s pixels of the images' edge, and cutout = %s at most that"
                            .formatted(augmentation.pad(), shape.size(), augmentation.cutout())));
              }
            });
  }

  /** Fails now rather than in every job. */
  private static void requireUsable(
      DataSet dataSet, Partition.Rule rule, ChannelStatistics statistics) {
    Partition.of(dataSet, rule);
    if (statistics.mean().size() != dataSet.train().shape().channels()) {
      throw new DataException(
          "data.normalisation has %s channels, but the images have %s"
              .formatted(statistics.mean().size(), dataSet.train().shape().channels()));
    }
    new Normalisation(statistics);
    if (dataSet.hierarchy().coarseClasses() < 2) {
      throw new DataException(
          "The data set has only one coarse class, so there is nothing to classify");
    }
  }
}
