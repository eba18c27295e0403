package org.bilateralbrain.grid;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bilateralbrain.config.Tuning;

/**
 * Which trainings of a search over settings are compared: those with the same place in the same
 * model, backbones, seeds and named variant, in different trials.
 *
 * @param groups of each training, one for each place that it has in the plan. A training that
 *     everything but the search needs is alone in one of its groups: so only one that is behind in
 *     all of them may be given up.
 */
public record Peers(Map<Job, List<Set<Job>>> groups) {

  /** A place in a plan. */
  private record Place(String model, String variant, List<Object> role) {}

  public static Peers of(SweepPlan plan, Map<String, Tuning.Trial> trials) {
    Map<Place, Set<Job>> places = new LinkedHashMap<>();
    for (GridPoint point : plan.points()) {
      Tuning.Trial trial = trials.get(point.variant());
      String variant = trial == null ? point.variant() : trial.variant();
      collect(point.job(), point.model(), variant, places);
    }
    Map<Job, List<Set<Job>>> groups = new LinkedHashMap<>();
    places
        .values()
        .forEach(
            group ->
                group.forEach(
                    job -> groups.computeIfAbsent(job, any -> new ArrayList<>()).add(group)));
    return new Peers(groups);
  }

  private static void collect(Job job, String model, String variant, Map<Place, Set<Job>> places) {
    role(job)
        .ifPresent(
            role ->
                places
                    .computeIfAbsent(new Place(model, variant, role), any -> new LinkedHashSet<>())
                    .add(job));
    job.parents().forEach(parent -> collect(parent, model, variant, places));
  }

  /** What is trained, without its settings; empty if nothing is. */
  private static Optional<List<Object>> role(Job job) {
    if (job instanceof HemisphereJob hemisphere) {
      return Optional.of(
          List.of(
              hemisphere.labels(),
              hemisphere.side(),
              hemisphere.shape().backbone(),
              hemisphere.randomness().seeds()));
    }
    if (job instanceof EndToEndJob whole) {
      return Optional.of(
          List.of(
              whole.left().shape().backbone(),
              whole.right().shape().backbone(),
              whole.randomness().seeds()));
    }
    if (job instanceof BilateralJob heads) {
      return Optional.of(
          List.of(
              heads.left().labels(),
              heads.left().shape().backbone(),
              heads.right().labels(),
              heads.right().shape().backbone(),
              heads.randomness().seeds()));
    }
    return Optional.empty();
  }
}
