package org.bilateralbrain.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.Serializable;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * {@code metrics.json} of a trained network.
 *
 * @param epochs trained
 * @param bestEpoch whose weights were kept, from 1
 * @param trainSeconds spent on training, without testing
 * @param imagesPerSecond in training
 * @param parameters of the whole network, running statistics not counted
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

  /** For people. */
  public String inWords() {
    return heads.entrySet().stream()
        .map(
            head ->
                String.format(
                    Locale.ROOT, "%s %.2f %%", head.getKey(), 100 * head.getValue().test()))
        .collect(Collectors.joining(", ", "test accuracy ", ""));
  }

  /**
   * Shares of right answers, in 0..1, of the weights that were kept.
   *
   * @param validation null in the file if nothing was held out
   */
  public record Accuracy(
      @JsonProperty("validation") @JsonInclude(JsonInclude.Include.ALWAYS) Double validation,
      @JsonProperty("test") double test)
      implements Serializable {}
}
