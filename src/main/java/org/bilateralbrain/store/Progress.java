package org.bilateralbrain.store;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * {@code progress.json} of a job that is running: what its driver, or anybody else, can know of it from the store.
 *
 * @param epoch the one under way, from 1
 * @param imagesDone of this epoch
 * @param loss mean over this epoch so far
 * @param imagesPerSecond over this epoch so far
 */
public record Progress(
    @JsonProperty("epoch") int epoch,
    @JsonProperty("epochs") int epochs,
    @JsonProperty("images_done") int imagesDone,
    @JsonProperty("images_per_epoch") int imagesPerEpoch,
    @JsonProperty("loss") double loss,
    @JsonProperty("images_per_second") double imagesPerSecond) {

  /** The share of the whole job that is done, in 0..1. */
  @JsonIgnore
  public double fraction() {
    return (epoch - 1 + (double) imagesDone / imagesPerEpoch) / epochs;
  }

  /** For people. */
  public String inWords() {
    return String.format(
        Locale.ROOT,
        "epoch %d/%d, %d %%, loss %.3f, %.0f images/s",
        epoch,
        epochs,
        100L * imagesDone / imagesPerEpoch,
        loss,
        imagesPerSecond);
  }
}
