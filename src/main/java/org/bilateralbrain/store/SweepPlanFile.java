package org.bilateralbrain.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * {@code plan.json} of a sweep: its grid points and jobs, so that status and results can be read
 * from the store alone.
 *
 * @param plan hash of the grid points, and thus of everything they depend on; every file in the
 *     sweep's folder records its plan
 * @param data of all jobs
 * @param cells the grid points, in the order of the tables
 */
public record SweepPlanFile(
    @JsonProperty("plan") String plan,
    @JsonProperty("data") Data data,
    @JsonProperty("cells") List<GridPoint> cells,
    @JsonProperty("jobs") List<Job> jobs) {

  public static final String FILE_NAME = "plan.json";

  private static final int HASH_LENGTH = 12;

  public static SweepPlanFile of(Data data, List<GridPoint> points, List<Job> jobs) {
    String all = points.stream().map(GridPoint::toString).collect(Collectors.joining("\n"));
    return new SweepPlanFile(
        DigestUtils.sha256Hex(all).substring(0, HASH_LENGTH), data, points, jobs);
  }

  /**
   * The data set of the plan: enough to make the same plan again without reading the images.
   *
   * @param source where it was read from, or "synthetic"
   * @param digest of all images and labels
   * @param mean of each colour channel, used for normalisation
   * @param std likewise
   * @param measured whether these are the statistics of the training images
   * @param imageSize pixels in each row and column; 0 in old files, for 32
   */
  public record Data(
      @JsonProperty("source") String source,
      @JsonProperty("digest") String digest,
      @JsonProperty("fine_classes") int fineClasses,
      @JsonProperty("coarse_classes") int coarseClasses,
      @JsonProperty("mean") List<Double> mean,
      @JsonProperty("std") List<Double> std,
      @JsonProperty("measured") boolean measured,
      @JsonProperty("image_size") int imageSize) {}

  /**
   * One network in the results.
   *
   * @param backboneLeft empty if there is no left hemisphere
   * @param backboneRight likewise
   * @param seed of the left hemisphere where there are two, of the first network of an ensemble
   * @param seedRight of the right hemisphere, of the last network of an ensemble
   * @param heads labels of its heads
   * @param parts ids of the jobs that trained it: of its hemispheres from left to right, of an
   *     ensemble's members, or its own where it was trained as a whole. Networks without a common
   *     part are independent of each other.
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
      @JsonProperty("id") String id,
      @JsonProperty("parts") List<String> parts) {

    /** The same network under another variant's name. */
    public GridPoint withVariant(String name) {
      return new GridPoint(
          model, name, backboneLeft, backboneRight, seed, seedRight, heads, kind, id, parts);
    }

    public ArtifactKey artifact() {
      return new ArtifactKey(kind, id);
    }
  }

  /**
   * One job.
   *
   * @param title what is made, then from which seeds: "…, seed 3", "…, seeds 1 + 2"
   * @param series equal for jobs that differ in their seeds only
   * @param work estimated cost in an arbitrary unit
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
     * Whether jobs of this kind train a network; it may also be pretrained, which only its artifact
     * shows.
     */
    public boolean mayTrain() {
      return kind.equals("hemisphere") || kind.equals("bilateral");
    }
  }
}
