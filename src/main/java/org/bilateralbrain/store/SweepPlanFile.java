package org.bilateralbrain.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * {@code plan.json} of a sweep: its cells and jobs, so that state and results can be read from the
 * store alone.
 *
 * @param plan hash of the cells, and with them of all that they depend on; every file in the
 *     sweep's folder names the plan that it is of
 * @param data of all jobs
 * @param cells in the order of the tables
 */
public record SweepPlanFile(
    @JsonProperty("plan") String plan,
    @JsonProperty("data") Data data,
    @JsonProperty("cells") List<GridPoint> cells,
    @JsonProperty("jobs") List<Job> jobs) {

  public static final String FILE_NAME = "plan.json";

  private static final int HASH_LENGTH = 12;

  public static SweepPlanFile of(Data data, List<GridPoint> cells, List<Job> jobs) {
    String all = cells.stream().map(GridPoint::toString).collect(Collectors.joining("\n"));
    return new SweepPlanFile(
        DigestUtils.sha256Hex(all).substring(0, HASH_LENGTH), data, cells, jobs);
  }

  /**
   * The data set that was planned for: enough to make the same plan again without reading it.
   *
   * @param source where it was read from, or how it was made
   * @param digest of all images and labels
   * @param mean of each colour channel that images are normalised with
   * @param std likewise
   * @param measured whether these are the training images' own
   */
  public record Data(
      @JsonProperty("source") String source,
      @JsonProperty("digest") String digest,
      @JsonProperty("fine_classes") int fineClasses,
      @JsonProperty("coarse_classes") int coarseClasses,
      @JsonProperty("mean") List<Double> mean,
      @JsonProperty("std") List<Double> std,
      @JsonProperty("measured") boolean measured) {}

  /**
   * One network in the results.
   *
   * @param backboneLeft empty if there is no left hemisphere
   * @param backboneRight likewise
   * @param seed of the left hemisphere where there are two, of the first network of an ensemble
   * @param seedRight of the right hemisphere, of the last network of an ensemble
   * @param heads labels of its heads
   */
  public record GridPoint(
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
   * One job, as people see it.
   *
   * @param title what is made, then from which seeds: "…, seed 3", "…, seeds 1 + 2"
   * @param series the same for jobs that differ in their seeds alone
   * @param work roughly how much it is, in an arbitrary unit
   */
  public record Job(
      @JsonProperty("kind") String kind,
      @JsonProperty("id") String id,
      @JsonProperty("title") String title,
      @JsonProperty("series") String series,
      @JsonProperty("work") double work) {

    public ArtifactKey artifact() {
      return new ArtifactKey(kind, id);
    }

    /** The title without its seeds. */
    public String subject() {
      int seeds = title.lastIndexOf(", seed");
      return seeds < 0 ? title : title.substring(0, seeds);
    }

    /**
     * Whether it is of a kind that trains a network; a hemisphere may also be given, which its
     * artifact shows.
     */
    public boolean mayTrain() {
      return kind.equals("hemisphere") || kind.equals("bilateral");
    }
  }
}
