package org.bilateralbrain.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code analysis.json}: an analysis of one network on the test images. Accuracies and fractions
 * are in 0..1.
 *
 * @param images number of images
 * @param superclasses their names
 * @param heads by label, see {@link Heads}
 * @param split null unless the network has a left hemisphere trained on fine labels and a right one
 *     trained on coarse labels
 * @param similarity null unless the network has two hemispheres
 * @param similarityByCase one entry per case; empty unless there is a split
 * @param reliance by label of the head; empty unless the network has two hemispheres
 * @param examples images with saliency maps; empty unless there is a split
 */
public record AnalysisFile(
    @JsonProperty("images") int images,
    @JsonProperty("superclasses") List<String> superclasses,
    @JsonProperty("heads") Map<String, OfHead> heads,
    @JsonProperty("split") @Nullable Split split,
    @JsonProperty("similarity") @Nullable Similarity similarity,
    @JsonProperty("similarity_by_case") List<CaseSimilarity> similarityByCase,
    @JsonProperty("reliance") Map<String, Reliance> reliance,
    @JsonProperty("examples") List<Example> examples) {

  public static final String FILE_NAME = "analysis.json";

  /** The file with the network's prediction for each test image. */
  public static final String PREDICTIONS = "predictions.parquet";

  /**
   * Increment it whenever the code changes the content of an analysis, so that old ones are not
   * mistaken for new ones.
   */
  private static final int VERSION = 2;

  /** The key of the analysis of a network. */
  public static ArtifactKey key(ArtifactKey network) {
    return new ArtifactKey("analysis", "%s-%s".formatted(network.id(), VERSION));
  }

  /**
   * @param superclasses confusion matrix: one row per true superclass, one column per predicted
   *     superclass; a fine prediction counts as the superclass of its class
   * @param rightBySuperclass number of correct predictions by true superclass, in this head's own
   *     labels
   */
  public record OfHead(
      @JsonProperty("superclasses") int[][] superclasses,
      @JsonProperty("right_by_superclass") int[] rightBySuperclass) {}

  /**
   * How often each combination of four predictions is correct: that of the left hemisphere alone
   * (fine), of the right one alone (coarse), and the fine and coarse predictions of the network.
   *
   * @param images number of images in each of 16 cases; a case's number has the bits 8, 4, 2, 1 for
   *     these predictions in this order
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
   * Cosine similarities between the features of pairs of images.
   *
   * @param spaces by feature space: "left", "right" and "joined"
   * @param joint histogram of the pairs of images of the same fine class, by similarity in the left
   *     (row) and the right space (column), from 0 to 1 in equal steps
   */
  public record Similarity(
      @JsonProperty("spaces") Map<String, Space> spaces, @JsonProperty("joint") int[][] joint) {}

  /**
   * Means over all pairs of different images.
   *
   * @param sameClass of the same fine class
   * @param sameSuperclass of two fine classes of the same superclass
   * @param otherSuperclass of different superclasses
   */
  public record Space(
      @JsonProperty("same_class") double sameClass,
      @JsonProperty("same_superclass") double sameSuperclass,
      @JsonProperty("other_superclass") double otherSuperclass) {}

  /**
   * Cosine similarities of the images of one of the 16 cases to other test images, whatever the
   * case of these.
   *
   * @param splitCase number of the case, see {@link Split}
   * @param images how many it has
   * @param spaces by feature space, see {@link Similarity}; values are NaN where there is no pair
   */
  public record CaseSimilarity(
      @JsonProperty("split_case") int splitCase,
      @JsonProperty("images") int images,
      @JsonProperty("spaces") Map<String, CaseSpace> spaces) {}

  /**
   * Means over all pairs of an image of the case and another image.
   *
   * @param toOthers pairs with any other test image
   * @param sameCaseAndClass of the same fine class, and both images of the case
   */
  public record CaseSpace(
      @JsonProperty("to_others") Space toOthers,
      @JsonProperty("same_case_and_class") double sameCaseAndClass) {}

  /**
   * How much a head relies on each hemisphere.
   *
   * @param leftNorm Frobenius norm of the head's weights for the left hemisphere's features
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
   * One image of a case, with the maps of the left hemisphere alone, the right one alone, and the
   * whole network's fine and coarse predictions.
   *
   * @param splitCase which of the 16 cases it belongs to
   * @param left prediction of the left hemisphere alone
   * @param right prediction of the right hemisphere alone
   * @param fine fine prediction of the network
   * @param coarse coarse prediction of the network
   */
  public record Example(
      @JsonProperty("picture") SaliencyFile.Picture picture,
      @JsonProperty("split_case") int splitCase,
      @JsonProperty("left") String left,
      @JsonProperty("right") String right,
      @JsonProperty("fine") String fine,
      @JsonProperty("coarse") String coarse) {}
}
