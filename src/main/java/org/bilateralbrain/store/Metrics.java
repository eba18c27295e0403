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
 */
public record Metrics(
    @JsonProperty("epochs") int epochs,
    @JsonProperty("best_epoch") int bestEpoch,
    @JsonProperty("train_seconds") double trainSeconds,
    @JsonProperty("images_per_second") double imagesPerSecond,
    @JsonProperty("parameters") long parameters,
    @JsonProperty("heads") Map<String, Accuracy> heads)
    implements Serializable {

  public static final String FILE_NAME = "metrics.json";

  /** The same of a network in which the trained one is a part. */
  public Metrics withParameters(long ofWhole) {
    return new Metrics(epochs, bestEpoch, trainSeconds, imagesPerSecond, ofWhole, heads);
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
   */
  public record Accuracy(
      @JsonProperty("validation") @JsonInclude(JsonInclude.Include.ALWAYS)
          @Nullable Double validation,
      @JsonProperty("test") double test)
      implements Serializable {}
}
