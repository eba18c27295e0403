package org.bilateralbrain.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/**
 * {@code analysis.json}: what one network does with the test images. Accuracies and shares are in
 * 0..1.
 *
 * @param images analysed
 * @param superclasses their names
 * @param heads by label, see {@link Heads}
 * @param split null unless the network joins a left hemisphere that tells fine classes apart and a
 *     right one for the coarse
 * @param similarity null unless it has two hemispheres; as the next two
 * @param examples images that saliency maps were drawn for
 */
public record AnalysisFile(
    @JsonProperty("images") int images,
    @JsonProperty("superclasses") List<String> superclasses,
    @JsonProperty("heads") Map<String, OfHead> heads,
    @JsonProperty("split") Split split,
    @JsonProperty("similarity") Similarity similarity,
    @JsonProperty("reliance") Map<String, Reliance> reliance,
    @JsonProperty("examples") List<Example> examples) {

  public static final String FILE_NAME = "analysis.json";

  /** Beside it: the network's answer to each test image. */
  public static final String PREDICTIONS = "predictions.parquet";

  /**
   * To be raised whenever the code changes what an analysis tells, so that old ones don't pass for
   * new ones.
   */
  private static final int VERSION = 1;

  /** The analysis of a network. */
  public static ArtifactKey key(ArtifactKey network) {
    return new ArtifactKey("analysis", "%s-%s".formatted(network.id(), VERSION));
  }

  /**
   * @param superclasses by true superclass, a row each, the number of images for each superclass
   *     that was answered; a fine answer counts as the superclass of its class
   * @param rightBySuperclass by true superclass, images whose answer was right in this head's own
   *     labels
   */
  public record OfHead(
      @JsonProperty("superclasses") int[][] superclasses,
      @JsonProperty("right_by_superclass") int[] rightBySuperclass) {}

  /**
   * How often which of four answers were right: the left hemisphere's alone (fine), the right one's
   * alone (coarse), the whole network's fine and coarse one.
   *
   * @param images of each of 16 cases; a case's number has the bits 8, 4, 2, 1 for these answers in
   *     this order
   */
  public record Split(@JsonProperty("images") int[] images) {

    public static final int CASES = 16;

    public static int caseOf(boolean left, boolean right, boolean fine, boolean coarse) {
      return (left ? 8 : 0) + (right ? 4 : 0) + (fine ? 2 : 0) + (coarse ? 1 : 0);
    }

    public static boolean leftIsRight(int number) {
      return (number & 8) != 0;
    }

    public static boolean rightIsRight(int number) {
      return (number & 4) != 0;
    }

    public static boolean fineIsRight(int number) {
      return (number & 2) != 0;
    }

    public static boolean coarseIsRight(int number) {
      return (number & 1) != 0;
    }
  }

  /**
   * Cosine similarities between the features of two images.
   *
   * @param spaces by feature space: "left", "right" and "joined"
   * @param joint pairs of images of the same fine class: their number by similarity in the left
   *     (row) and in the right space (column), from 0 to 1 in equal steps
   */
  public record Similarity(
      @JsonProperty("spaces") Map<String, Space> spaces, @JsonProperty("joint") int[][] joint) {}

  /**
   * Means over all pairs of different images.
   *
   * @param sameClass of one fine class
   * @param sameSuperclass of two fine classes of one superclass
   * @param otherSuperclass of two superclasses
   */
  public record Space(
      @JsonProperty("same_class") double sameClass,
      @JsonProperty("same_superclass") double sameSuperclass,
      @JsonProperty("other_superclass") double otherSuperclass) {}

  /**
   * How much a head relies on each hemisphere.
   *
   * @param leftNorm Frobenius norm of the weights that read the left hemisphere's features
   * @param accuracy of the whole network
   * @param leftSilenced accuracy with the left hemisphere's features set to zero
   */
  public record Reliance(
      @JsonProperty("left_norm") double leftNorm,
      @JsonProperty("right_norm") double rightNorm,
      @JsonProperty("accuracy") double accuracy,
      @JsonProperty("left_silenced") double leftSilenced,
      @JsonProperty("right_silenced") double rightSilenced) {}

  /**
   * One image, in {@code file} beside the saliency maps of the left hemisphere alone, the right one
   * alone and the whole network.
   *
   * @param image its number in the data set's test part
   * @param splitCase which of the 16 cases it is
   * @param truth names of its fine class and its superclass
   * @param left what the left hemisphere alone answers
   * @param right what the right hemisphere alone answers
   * @param fine what the network answers
   */
  public record Example(
      @JsonProperty("file") String file,
      @JsonProperty("image") int image,
      @JsonProperty("split_case") int splitCase,
      @JsonProperty("truth") List<String> truth,
      @JsonProperty("left") String left,
      @JsonProperty("right") String right,
      @JsonProperty("fine") String fine,
      @JsonProperty("coarse") String coarse) {}
}
