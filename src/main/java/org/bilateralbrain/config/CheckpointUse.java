package org.bilateralbrain.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bilateralbrain.config.GridSettings.Pairing;

/**
 * Reports checkpoints that a model of the sweep would silently ignore.
 *
 * @param models those of the sweep
 */
record CheckpointUse(List<Model> models, Pairing pairing) {

  private static final Set<Model> WITH_TWO_HEADS = Set.of(Model.UNILATERAL_BOTH, Model.ENSEMBLE);
  private static final Set<Model> UNSPECIALISED =
      Set.of(Model.BILATERAL_UNSPECIALISED, Model.BILATERAL_UNSPECIALISED_MATCHED);
  private static final Set<Model> CONTROLS =
      Set.of(Model.BILATERAL_FINE_FINE, Model.BILATERAL_COARSE_COARSE);

  private static final String APART = "put %s into a sweep of its own, with the same store";

  /**
   * @param left settings of the left hemispheres
   * @param right settings of the right hemispheres; the same section if both are read from one
   * @param bothHeads settings of networks with two heads
   * @param heads settings of the heads on specialised hemispheres
   */
  void check(Section left, Section right, Section bothHeads, Section heads) {
    List<Model> ofLeft = new ArrayList<>(among(UNSPECIALISED));
    if (bothHeads.isNull(CheckpointSettings.KEY)) {
      ofLeft.addAll(among(WITH_TWO_HEADS));
    }
    side(left, ofLeft);
    side(right, among(UNSPECIALISED));
    requireUse(bothHeads, WITH_TWO_HEADS, among(UNSPECIALISED));
    requireUse(heads, Set.of(Model.BILATERAL_SPECIALISED), among(CONTROLS));
    if (!heads.isNull(CheckpointSettings.KEY) && pairing == Pairing.CROSS) {
      heads.problem(
          CheckpointSettings.KEY,
          "is a whole bilateral network, which has no hemispheres to pair; set grid.pairing = zip");
    }
  }

  private void side(Section side, List<Model> ignoring) {
    if (!side.isNull(CheckpointSettings.KEY) && !side.isNull(CheckpointSettings.START)) {
      side.problem(
          CheckpointSettings.START,
          "trains a network further, but checkpoint takes one as it is; remove either, or set it to null");
    }
    for (String key : List.of(CheckpointSettings.KEY, CheckpointSettings.START)) {
      if (!side.isNull(key) && !ignoring.isEmpty()) {
        String remedy = APART.formatted(labels(ignoring));
        side.problem(
            key,
            "is a hemisphere with its own labels, but grid.models includes %s, trained from scratch without it; %s%s"
                .formatted(
                    labels(ignoring),
                    remedy,
                    ignoring.stream().anyMatch(WITH_TWO_HEADS::contains)
                        ? ", or name a network with two heads in both-heads.checkpoint"
                        : ""));
      }
    }
  }

  private void requireUse(Section section, Set<Model> users, List<Model> ignoring) {
    if (section.isNull(CheckpointSettings.KEY)) {
      return;
    }
    if (among(users).isEmpty()) {
      section.problem(
          CheckpointSettings.KEY,
          "is not used by any of grid.models; add %s or remove it".formatted(labels(users)));
    }
    if (!ignoring.isEmpty()) {
      section.problem(
          CheckpointSettings.KEY,
          "is a trained network, but grid.models includes %s, trained without it by the same settings; %s"
              .formatted(labels(ignoring), APART.formatted(labels(ignoring))));
    }
  }

  private List<Model> among(Set<Model> some) {
    return models.stream().filter(some::contains).toList();
  }

  private static String labels(Iterable<Model> models) {
    List<Model> sorted = new ArrayList<>();
    models.forEach(sorted::add);
    sorted.sort(Comparator.naturalOrder());
    return sorted.stream().map(Model::label).collect(Collectors.joining(" and "));
  }
}
