package org.bilateralbrain.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * {@code plan.json} of a sweep: its cells and jobs, so that state and results can be read from the store alone.
 *
 * @param cells in the order of the tables
 */
public record SweepPlanFile(@JsonProperty("cells") List<Cell> cells, @JsonProperty("jobs") List<Job> jobs) {

  public static final String FILE_NAME = "plan.json";

  /**
   * One network in the results.
   *
   * @param backboneLeft empty if there is no left hemisphere
   * @param backboneRight likewise
   * @param seed of the left hemisphere where there are two, of the first network of an ensemble
   * @param seedRight of the right hemisphere, of the last network of an ensemble
   * @param heads labels of its heads
   */
  public record Cell(
      @JsonProperty("model") String model,
      @JsonProperty("variant") String variant,
      @JsonProperty("backbone_left") String backboneLeft,
      @JsonProperty("backbone_right") String backboneRight,
      @JsonProperty("seed") long seed,
      @JsonProperty("seed_right") long seedRight,
      @JsonProperty("heads") List<String> heads,
      @JsonProperty("kind") String kind,
      @JsonProperty("id") String id) {

    public ArtifactKey artifact() {
      return new ArtifactKey(kind, id);
    }
  }

  /**
   * One job, in words.
   *
   * @param series the same for jobs that differ in their seeds alone; null in files of older programs
   * @param work roughly how much it is, in an arbitrary unit; likewise
   */
  public record Job(
      @JsonProperty("kind") String kind,
      @JsonProperty("id") String id,
      @JsonProperty("title") String title,
      @JsonProperty("series") @JsonInclude(JsonInclude.Include.NON_NULL) String series,
      @JsonProperty("work") @JsonInclude(JsonInclude.Include.NON_NULL) Double work) {

    public ArtifactKey artifact() {
      return new ArtifactKey(kind, id);
    }

    /** Whether it is of a kind that trains a network; a hemisphere may also be given, which its artifact shows. */
    public boolean mayTrain() {
      return kind.equals("hemisphere") || kind.equals("bilateral");
    }
  }
}
