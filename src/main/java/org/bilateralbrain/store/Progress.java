package org.bilateralbrain.store;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * {@code progress.json} of a job that is running: what its driver, or anybody else, can know of it
 * from the store.
 *
 * @param phase what one round of the work is called: "epoch", "view"
 * @param round the one under way, from 1
 * @param imagesDone of this round
 * @param loss mean over this round so far; null where nothing is trained
 * @param validation accuracies by the label of the head, see {@link Heads} after the last round
 *     before this one, in 0..1; empty if there are none
 * @param imagesPerSecond over this round so far
 */
public record Progress(
    @JsonProperty("phase") String phase,
    @JsonProperty("round") int round,
    @JsonProperty("rounds") int rounds,
    @JsonProperty("images_done") int imagesDone,
    @JsonProperty("images_per_round") int imagesPerRound,
    @JsonProperty("loss") Double loss,
    @JsonProperty("validation") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        Map<String, Double> validation,
    @JsonProperty("images_per_second") double imagesPerSecond) {

  public Progress {
    validation = validation == null ? Map.of() : validation;
  }

  /** The share of the whole job that is done, in 0..1. */
  @JsonIgnore
  public double fraction() {
    return (round - 1 + (double) imagesDone / imagesPerRound) / rounds;
  }

  /**
   * Of work on images; what lies between the rounds, validation for one, comes on top. Empty if
   * nobody can tell.
   */
  public OptionalDouble secondsLeft() {
    double imagesLeft = (double) (rounds - round + 1) * imagesPerRound - imagesDone;
    double seconds = imagesLeft / imagesPerSecond;
    return Double.isFinite(seconds) ? OptionalDouble.of(seconds) : OptionalDouble.empty();
  }
}
