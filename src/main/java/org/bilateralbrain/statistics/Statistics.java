package org.bilateralbrain.statistics;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A sweep's results: accuracies with confidence intervals, and differences with tests.
 *
 * @param selected the variants that the lines are of, if each model was to be shown in its best
 *     one; else empty
 * @param contrasts that were planned; p-values Holm-corrected for their number
 * @param comparisons exploratory: of everything with a baseline; p-values Holm-corrected for their
 *     number
 * @param effects exploratory, of each variant: comparisons with the same model in the reference
 *     variant; corrected separately
 * @param sources standard deviations by what the seed changes, if variants differ in that
 */
public record Statistics(
    @JsonProperty("selected") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<Selection.Choice> selected,
    @JsonProperty("contrasts") List<Contrast> contrasts,
    @JsonProperty("accuracies") List<Sample> accuracies,
    @JsonProperty("comparisons") List<Comparison> comparisons,
    @JsonProperty("effects") List<Comparison> effects,
    @JsonProperty("sources_of_variance") @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<SourceOfVariance> sources) {

  /**
   * @param rows in the order in which the results list them
   */
  public static Statistics of(List<ResultRow> rows, Contrasts contrasts) {
    List<Sample> samples = Sample.of(rows);
    List<Comparison> comparisons = new ArrayList<>();
    List<Comparison> effects = new ArrayList<>();
    for (Sample sample : samples) {
      // Networks that a variant leaves unchanged are compared once, in the reference variant: every
      // further test would cost power.
      boolean isRepeated =
          contrasts
              .reference(sample, samples)
              .filter(reference -> reference.networks().equals(sample.networks()))
              .isPresent();
      if (!isRepeated) {
        contrasts
            .baseline(sample, samples)
            .filter(baseline -> !baseline.group().equals(sample.group()))
            .ifPresent(baseline -> comparisons.add(Comparison.of(sample, baseline)));
        contrasts
            .reference(sample, samples)
            .ifPresent(reference -> effects.add(Comparison.of(sample, reference)));
      }
    }
    return new Statistics(
        List.of(),
        Contrast.of(samples, contrasts),
        samples,
        Comparison.corrected(comparisons),
        Comparison.corrected(effects),
        List.of());
  }

  /** The same, of lines that are each model's best variant. */
  public Statistics ofSelected(List<Selection.Choice> choices) {
    return new Statistics(choices, contrasts, accuracies, comparisons, effects, sources);
  }

  /**
   * The same, with standard deviations by source.
   *
   * @param varied the sources of randomness that each variant's seeds change, by its name
   */
  public Statistics withSources(Map<String, List<String>> varied) {
    return new Statistics(
        selected,
        contrasts,
        accuracies,
        comparisons,
        effects,
        SourceOfVariance.of(accuracies, varied));
  }
}
