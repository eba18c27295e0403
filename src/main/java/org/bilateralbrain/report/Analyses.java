package org.bilateralbrain.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bilateralbrain.config.Model;
import org.bilateralbrain.config.Variant;
import org.bilateralbrain.statistics.Group;
import org.bilateralbrain.store.AnalysisFile;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Concurrently;
import org.bilateralbrain.store.DamagedArtifactException;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;

/**
 * The analyses of a sweep's networks that the store has.
 *
 * @param groups in the order of the tables, each with at least one network
 */
public record Analyses(Map<Group, List<OfNetwork>> groups) {

  /**
   * @param artifact that the analysis was read from; it also holds the pictures
   */
  public record OfNetwork(SweepPlanFile.GridPoint cell, Artifact artifact, AnalysisFile analysis) {}

  public static Analyses read(Store store, SweepPlanFile plan) throws IOException {
    return of(plan, store.lookup(keys(plan)));
  }

  /** The keys of the analyses of a plan's networks. */
  public static List<ArtifactKey> keys(SweepPlanFile plan) {
    return plan.cells().stream().map(Analyses::key).toList();
  }

  /**
   * @param found what the store has under {@link #keys}
   */
  public static Analyses of(SweepPlanFile plan, Map<ArtifactKey, Lookup> found) throws IOException {
    Map<Group, List<OfNetwork>> groups = new LinkedHashMap<>();
    for (Optional<OfNetwork> each :
        Concurrently.each(
            plan.cells(), cell -> read(cell, Objects.requireNonNull(found.get(key(cell)))))) {
      each.ifPresent(
          network ->
              groups
                  .computeIfAbsent(Group.of(network.cell()), any -> new ArrayList<>())
                  .add(network));
    }
    Map<Group, List<OfNetwork>> inOrder = new LinkedHashMap<>();
    groups.keySet().stream()
        .sorted(Comparator.comparing(Group::model, Model.tableOrder()))
        .forEach(group -> inOrder.put(group, groups.get(group)));
    return new Analyses(inOrder);
  }

  /** The group of a model that pictures show: the symmetric variant, or else the first. */
  public Optional<Group> pictured(String model) {
    List<Group> ofModel =
        groups.keySet().stream().filter(group -> group.model().equals(model)).toList();
    return ofModel.stream()
        .filter(group -> group.variant().equals(Variant.SYMMETRIC))
        .findFirst()
        .or(() -> ofModel.stream().findFirst());
  }

  private static ArtifactKey key(SweepPlanFile.GridPoint cell) {
    return AnalysisFile.key(cell.artifact());
  }

  /** A damaged analysis, or one of other weights, doesn't count: the next run makes it again. */
  private static Optional<OfNetwork> read(SweepPlanFile.GridPoint cell, Lookup lookup)
      throws IOException {
    if (!(lookup instanceof Lookup.Present present)) {
      return Optional.empty();
    }
    try {
      AnalysisFile analysis = present.artifact().read(AnalysisFile.FILE_NAME, AnalysisFile.class);
      return Optional.of(new OfNetwork(cell, present.artifact(), analysis));
    } catch (DamagedArtifactException e) {
      return Optional.empty();
    }
  }
}
