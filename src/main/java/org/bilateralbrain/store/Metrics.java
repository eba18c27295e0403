package org.bilateralbrain.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.Serializable;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code metrics.json} of a trained network.
 *
 * @param epochs number of epochs trained
 * @param bestEpoch the epoch whose weights were kept, counted from 1
 * @param trainSeconds time spent on training in seconds, without evaluation
 * @param imagesPerSecond training throughput
 * @param parameters number of parameters of the network, without running statistics
 * @param heads accuracies by the label of the head, see {@link Heads}
 * @param consistency the share of test images whose fine answer belongs to the superclass that is
 *     the coarse answer; null unless there are both heads
 */
public record Metrics(
    @JsonProperty("epochs") int epochs,
    @JsonProperty("best_epoch") int bestEpoch,
    @JsonProperty("train_seconds") double trainSeconds,
    @JsonProperty("images_per_second") double imagesPerSecond,
    @JsonProperty("parameters") long parameters,
    @JsonProperty("heads") Map<String, Accuracy> heads,
    @JsonProperty("consistency") @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable Double consistency)
    implements Serializable {

  public static final String FILE_NAME = "metrics.json";

  /** The same of a network in which the trained one is a part. */
  public Metrics withParameters(long ofWhole) {
    return new Metrics(
        epochs, bestEpoch, trainSeconds, imagesPerSecond, ofWhole, heads, consistency);
  }

  /** The test accuracies in one line, for the log. */
  public String inWords() {
    return heads.entrySet().stream()
        .map(
            head ->
                String.format(
                    Locale.ROOT, "%s %.2f %%", head.getKey(), 100 * head.getValue().test()))
        .collect(Collectors.joining(", ", "test accuracy ", ""));
  }

  /**
   * Accuracies in 0..1 of the weights that were kept.
   *
   * @param validation null if no images were held out
   * @param top5 share of the test images whose class is among the five most probable
   * @param loss mean cross-entropy on the test images, in nats
   * @param calibrationError see {@link Calibration#expectedError}
   * @param correct the test images that were classified correctly
   */
  public record Accuracy(
      @JsonProperty("validation") @JsonInclude(JsonInclude.Include.ALWAYS)
          @Nullable Double validation,
      @JsonProperty("test") double test,
      @JsonProperty("test_top5") double top5,
      @JsonProperty("test_loss") double loss,
      @JsonProperty("calibration_error") double calibrationError,
      @JsonProperty("correct") CorrectImages correct)
      implements Serializable {

    public static Accuracy of(@Nullable Double validation, TestResult.OfHead test) {
      return new Accuracy(
          validation,
          test.top1(),
          test.top5(),
          test.loss(),
          test.calibration().expectedError(),
          CorrectImages.of(test.correct(), test.images()));
    }
  }
}
