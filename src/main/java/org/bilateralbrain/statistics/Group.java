package org.bilateralbrain.statistics;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.stream.Stream;
import org.bilateralbrain.store.SweepPlanFile;

/**
 * Networks that differ only in their seeds: one line of a table.
 *
 * @param backbones one, or the left and the right hemisphere's if they differ
 */
@JsonPropertyOrder({"model", "variant", "backbone"})
public record Group(
    @JsonProperty("model") String model,
    @JsonProperty("variant") String variant,
    @JsonIgnore List<String> backbones) {

  public static Group of(SweepPlanFile.GridPoint cell) {
    List<String> backbones =
        Stream.of(cell.backboneLeft(), cell.backboneRight())
            .filter(backbone -> !backbone.isEmpty())
            .distinct()
            .toList();
    return new Group(cell.model(), cell.variant(), backbones);
  }

  /** As tables and JSON name it. */
  @JsonProperty("backbone")
  public String backbone() {
    return String.join(" + ", backbones);
  }
}
