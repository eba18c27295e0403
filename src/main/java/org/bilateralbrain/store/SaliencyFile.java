package org.bilateralbrain.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * {@code saliency.json}: Grad-CAM of one network on test images that were requested.
 *
 * @param pictures one per image and head of the network, in the order of the images
 */
public record SaliencyFile(@JsonProperty("pictures") List<Picture> pictures) {

  public static final String FILE_NAME = "saliency.json";

  /**
   * Increment it whenever the code changes the maps, the pictures or this file, so that old ones
   * are not mistaken for new ones.
   */
  private static final int VERSION = 1;

  private static final int HASH_LENGTH = 12;

  /**
   * The key of a network's maps. Other images have another key, so that no request replaces the
   * maps of an earlier one.
   *
   * @param images positions in the test set, in ascending order
   */
  public static ArtifactKey key(ArtifactKey network, List<Integer> images) {
    String all = images.stream().map(String::valueOf).collect(Collectors.joining(","));
    return new ArtifactKey(
        "analysis",
        "%s-saliency-%s-%s"
            .formatted(
                network.id(), VERSION, DigestUtils.sha256Hex(all).substring(0, HASH_LENGTH)));
  }

  /**
   * A picture of an image followed by columns of maps.
   *
   * @param image its position in the test set
   * @param truth names of its fine class and superclass
   */
  public record Picture(
      @JsonProperty("file") String file,
      @JsonProperty("image") int image,
      @JsonProperty("truth") List<String> truth,
      @JsonProperty("columns") List<Column> columns) {}

  /**
   * The maps of one prediction, one below the other.
   *
   * @param shows whose maps: the whole network's or those of a part of it
   * @param head label of the head whose prediction is explained
   * @param target number of the predicted class, whose logit is explained
   * @param name of that class
   * @param right whether the prediction is correct
   * @param rows from the top
   */
  public record Column(
      @JsonProperty("shows") String shows,
      @JsonProperty("head") String head,
      @JsonProperty("target") int target,
      @JsonProperty("name") String name,
      @JsonProperty("right") boolean right,
      @JsonProperty("rows") List<Row> rows) {}

  /**
   * One map.
   *
   * @param depth "middle" or "last"
   * @param layers names of the layers whose maps were added up
   * @param sum of the map's values before negative ones become zero. With mean pooling and a linear
   *     head, that of the last maps is the part's contribution to the logit; an ensemble's members
   *     contribute to the mean logit.
   */
  public record Row(
      @JsonProperty("depth") String depth,
      @JsonProperty("layers") List<String> layers,
      @JsonProperty("sum") double sum) {}
}
