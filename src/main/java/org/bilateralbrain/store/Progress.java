package org.bilateralbrain.store;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * {@code progress.json} of a running job, for its driver and anyone else who can read the store.
 *
 * @param phase what one round of the work is called: "epoch", "view"
 * @param round the current one, counted from 1
 * @param imagesDone in this round
 * @param loss mean over this round so far; null if nothing is trained
 * @param validation accuracies in 0..1 by head ("fine", "coarse") after the previous round; empty
 *     if there are none
 * @param imagesPerSecond over this round so far
 * @param validationByEpoch mean validation accuracy over heads after each epoch, of a training that
 *     its driver may prune; else empty
 */
public record Progress(
    @JsonProperty("phase") String phase,
    @JsonProperty("round") int round,
    @JsonProperty("rounds") int rounds,
    @JsonProperty("images_done") int imagesDone,
    @JsonProperty("images_per_round") int imagesPerRound,
    @JsonProperty("loss") @Nullable Double loss,
    @JsonProperty("validation") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        Map<String, Double> validation,
    @JsonProperty("images_per_second") double imagesPerSecond,
    @JsonProperty("validation_by_epoch") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<Double> validationByEpoch) {

  public Progress {
    validationByEpoch = validationByEpoch == null ? List.of() : validationByEpoch;
    validation = validation == null ? Map.of() : validation;
  }

  public Progress(
      String phase,
      int round,
      int rounds,
      int imagesDone,
      int imagesPerRound,
      @Nullable Double loss,
      Map<String, Double> validation,
      double imagesPerSecond) {
    this(
        phase,
        round,
        rounds,
        imagesDone,
        imagesPerRound,
        loss,
        validation,
        imagesPerSecond,
        List.of());
  }

  public Progress withValidationByEpoch(List<Double> accuracies) {
    return new Progress(
        phase,
        round,
        rounds,
        imagesDone,
        imagesPerRound,
        loss,
        validation,
        imagesPerSecond,
        accuracies);
  }

  /** The completed fraction of the job, in 0..1. */
  @JsonIgnore
  public double fraction() {
    return (round - 1 + (double) imagesDone / imagesPerRound) / rounds;
  }

  /**
   * Estimated remaining time in seconds, without the work between rounds such as validation. Empty
   * if the throughput is unknown.
   */
  public OptionalDouble secondsLeft() {
    double imagesLeft = (double) (rounds - round + 1) * imagesPerRound - imagesDone;
    double seconds = imagesLeft / imagesPerSecond;
    return Double.isFinite(seconds) ? OptionalDouble.of(seconds) : OptionalDouble.empty();
  }
}
