package org.bilateralbrain.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bilateralbrain.config.Variant;

/**
 * What a sweep's results say: accuracies with confidence intervals, and differences from a baseline
 * with tests.
 *
 * @param comparisons with a baseline; probabilities corrected for their number
 * @param effects of each variant: comparisons with the same model in the variant without asymmetry,
 *     or the first one; corrected likewise, on their own
 */
public record Statistics(
    @JsonProperty("accuracies") List<Accuracy> accuracies,
    @JsonProperty("comparisons") List<Comparison> comparisons,
    @JsonProperty("effects") List<Comparison> effects) {

  /**
   * In this order the first model that a sweep has, with the head in question, is the baseline
   * unless one is named.
   */
  private static final List<String> BASELINES =
      List.of("bilateral-unspecialised", "unilateral-both", "unilateral-fine", "unilateral-coarse");

  /**
   * One line and one kind of head.
   *
   * @param values one for each network with a result
   * @param without networks without a result
   * @param dependent whether networks share hemispheres or members, while the interval takes them
   *     as independent
   */
  public record Accuracy(
      @JsonProperty("group") Group group,
      @JsonProperty("head") String head,
      @JsonProperty("summary") Summary summary,
      @JsonProperty("values") List<Double> values,
      @JsonProperty("without") List<String> without,
      @JsonProperty("dependent") boolean dependent) {}

  /** Against the usual plain variant. */
  public static Statistics of(List<ResultRow> rows, Optional<String> baseline) {
    return of(rows, baseline, Optional.empty());
  }

  /**
   * @param baseline a model's name; empty: the first there is of unspecialised, unilateral with
   *     both heads, unilateral
   * @param plain the variant that others' effects are told against; empty: the one without
   *     asymmetry, or the first
   */
  public static Statistics of(
      List<ResultRow> rows, Optional<String> baseline, Optional<String> plain) {
    List<Sample> samples = Sample.of(rows);
    List<Accuracy> accuracies =
        samples.stream()
            .map(
                sample ->
                    new Accuracy(
                        sample.group(),
                        sample.head(),
                        sample.summary(),
                        sample.all(),
                        sample.without(),
                        sample.dependent()))
            .toList();
    List<Comparison> comparisons = new ArrayList<>();
    String plainVariant = plain.orElse(Variant.SYMMETRIC);
    for (Sample sample : samples) {
      if (plain(sample, samples, plainVariant)
          .filter(base -> base.networks().equals(sample.networks()))
          .isPresent()) {
        continue; // compared once, in the plain variant: more tests would weaken all of them
      }
      baseline(sample, samples, baseline)
          .filter(base -> !base.group().equals(sample.group()))
          .ifPresent(base -> comparisons.add(Comparison.of(sample, base)));
    }
    List<Comparison> effects = new ArrayList<>();
    for (Sample sample : samples) {
      plain(sample, samples, plainVariant)
          .filter(base -> !base.networks().equals(sample.networks()))
          .ifPresent(base -> effects.add(Comparison.of(sample, base)));
    }
    return new Statistics(accuracies, corrected(comparisons), corrected(effects));
  }

  /**
   * The same model and head in the plain variant, of the same backbone; none for that variant
   * itself.
   */
  private static Optional<Sample> plain(Sample sample, List<Sample> samples, String named) {
    List<Sample> ofModel =
        samples.stream()
            .filter(
                other ->
                    other.group().model().equals(sample.group().model())
                        && other.head().equals(sample.head()))
            .toList();
    String variant =
        ofModel.stream()
            .map(other -> other.group().variant())
            .filter(named::equals)
            .findFirst()
            .orElse(ofModel.get(0).group().variant());
    List<Sample> plain =
        ofModel.stream().filter(other -> other.group().variant().equals(variant)).toList();
    if (sample.group().variant().equals(variant)) {
      return Optional.empty();
    }
    return sameBackbone(sample, plain)
        .or(() -> plain.size() == 1 ? Optional.of(plain.get(0)) : Optional.empty());
  }

  /**
   * Where a variant replaces one side's backbone, the left one's counts, or else the right one's.
   */
  private static Optional<Sample> sameBackbone(Sample sample, List<Sample> others) {
    List<String> wanted = sample.group().backbones();
    return others.stream()
        .filter(other -> other.group().backbones().equals(wanted))
        .findFirst()
        .or(
            () ->
                others.stream()
                    .filter(other -> other.group().backbones().get(0).equals(wanted.get(0)))
                    .findFirst())
        .or(
            () ->
                others.stream()
                    .filter(
                        other -> other.group().backbones().contains(wanted.get(wanted.size() - 1)))
                    .findFirst());
  }

  /**
   * Of the same head; of the same variant and backbone if there is one, else of the same backbone,
   * else any.
   */
  private static Optional<Sample> baseline(
      Sample sample, List<Sample> samples, Optional<String> named) {
    List<String> models = named.map(List::of).orElse(BASELINES);
    for (String model : models) {
      List<Sample> candidates =
          samples.stream()
              .filter(
                  other ->
                      other.group().model().equals(model) && other.head().equals(sample.head()))
              .toList();
      Group own = sample.group();
      Optional<Sample> nearest =
          candidates.stream()
              .filter(
                  other ->
                      other.group().variant().equals(own.variant())
                          && other.group().backbone().equals(own.backbone()))
              .findFirst()
              .or(
                  () ->
                      candidates.stream()
                          .filter(other -> other.group().backbone().equals(own.backbone()))
                          .findFirst())
              .or(() -> candidates.stream().findFirst());
      if (nearest.isPresent()) {
        return nearest;
      }
    }
    return Optional.empty();
  }

  static List<Comparison> corrected(List<Comparison> comparisons) {
    double[] t = Holm.corrected(comparisons.stream().mapToDouble(Comparison::t).toArray());
    double[] wilcoxon =
        Holm.corrected(comparisons.stream().mapToDouble(Comparison::wilcoxon).toArray());
    List<Comparison> corrected = new ArrayList<>();
    for (int i = 0; i < t.length; i++) {
      Comparison each = comparisons.get(i);
      corrected.add(
          new Comparison(
              each.group(), each.head(), each.baseline(), each.differences(), t[i], wilcoxon[i]));
    }
    return corrected;
  }
}
