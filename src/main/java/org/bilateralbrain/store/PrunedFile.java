package org.bilateralbrain.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code pruned.json} of a sweep: the trainings that its driver stops, or has stopped, because they
 * fell behind those of other trials. A running training looks itself up here at the end of each
 * epoch.
 *
 * @param plan hash of the plan in which they were compared
 * @param jobs by id
 */
public record PrunedFile(
    @JsonProperty("plan") String plan, @JsonProperty("jobs") Map<String, Job> jobs) {

  public static final String FILE_NAME = "pruned.json";

  /**
   * @param reason why, for people
   * @param validation accuracies in 0..1 by head label after the last epoch
   * @param validationByEpoch mean validation accuracy over heads after each epoch
   */
  public record Job(
      @JsonProperty("reason") String reason,
      @JsonProperty("validation") Map<String, Double> validation,
      @JsonProperty("validation_by_epoch") List<Double> validationByEpoch) {

    public int epochs() {
      return validationByEpoch.size();
    }
  }

  /**
   * Where a sweep's decisions are.
   *
   * @param sweep name of the sweep
   * @param plan hash of its plan
   */
  public record Place(String sweep, String plan) implements Serializable {

    /** The decisions of this plan; none if there is no file, or only one of another plan. */
    public PrunedFile read(Store store) throws IOException {
      return store
          .readSweepFile(sweep, FILE_NAME, PrunedFile.class)
          .filter(file -> file.plan.equals(plan))
          .orElseGet(() -> none(plan));
    }

    public void write(Store store, PrunedFile file) throws IOException {
      store.writeSweepFile(sweep, FILE_NAME, Json.encode(file));
    }
  }

  public static PrunedFile none(String plan) {
    return new PrunedFile(plan, Map.of());
  }

  public boolean contains(String id) {
    return jobs.containsKey(id);
  }

  public PrunedFile with(String id, Job job) {
    Map<String, Job> more = new LinkedHashMap<>(jobs);
    more.put(id, job);
    return new PrunedFile(plan, more);
  }

  public PrunedFile without(String id) {
    Map<String, Job> fewer = new LinkedHashMap<>(jobs);
    fewer.remove(id);
    return new PrunedFile(plan, fewer);
  }
}
