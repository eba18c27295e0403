package org.bilateralbrain.store;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

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

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The share of the whole job that is done, in 0..1. */
  @JsonIgnore
  public double fraction() {
    return (epoch - 1 + (double) imagesDone / imagesPerEpoch) / epochs;
  }

  public byte[] encode() throws IOException {
    return JSON.writeValueAsBytes(this);
  }

  public static Progress decode(byte[] json) throws IOException {
    return JSON.readValue(json, Progress.class);
  }
}
