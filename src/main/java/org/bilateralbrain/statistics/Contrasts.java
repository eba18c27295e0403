package org.bilateralbrain.statistics;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Which samples are compared with which.
 *
 * @param baselines models: every sample is compared with the first of these that has its head
 * @param named comparisons that were planned; p-values are corrected for their number alone
 * @param relevantDifference the smallest difference worth finding, in 0..1
 * @param referenceVariant the variant that the effects of the others are measured against; a model
 *     without it is measured against its first variant
 */
public record Contrasts(
    List<String> baselines, String referenceVariant, List<Named> named, double relevantDifference) {

  /**
   * A planned comparison of two models, or of two variants.
   *
   * @param variant empty: the reference variant. If neither is named, both are the same one: the
   *     reference variant, or the first that both models have, because networks that were pruned
   *     can have taken variants from one of them.
   */
  public record Named(
      String model,
      Optional<String> variant,
      String against,
      Optional<String> againstVariant,
      String head) {}

  /** The samples of a planned comparison, one pair for each backbone. */
  List<List<Sample>> pairs(Named contrast, List<Sample> samples) {
    List<Sample> model = ofModel(contrast.model(), contrast.head(), samples);
    List<Sample> other = ofModel(contrast.against(), contrast.head(), samples);
    if (contrast.variant().isEmpty() && contrast.againstVariant().isEmpty()) {
      Set<String> ofOther = variants(other);
      List<Sample> common =
          model.stream().filter(each -> ofOther.contains(each.group().variant())).toList();
      Optional<String> both = common.stream().findFirst().map(any -> referenceVariant(common));
      return pairs(inVariant(both, common), inVariant(both, other));
    }
    return pairs(inVariant(contrast.variant(), model), inVariant(contrast.againstVariant(), other));
  }

  private static Set<String> variants(List<Sample> samples) {
    return samples.stream().map(each -> each.group().variant()).collect(Collectors.toSet());
  }

  private static List<List<Sample>> pairs(List<Sample> samples, List<Sample> against) {
    return samples.stream()
        .flatMap(
            sample ->
                ofNearestBackbone(sample, against).map(base -> List.of(sample, base)).stream())
        .toList();
  }

  private List<Sample> inVariant(Optional<String> named, List<Sample> ofModel) {
    if (ofModel.isEmpty()) {
      return ofModel;
    }
    String variant = named.orElseGet(() -> referenceVariant(ofModel));
    return ofModel.stream().filter(each -> each.group().variant().equals(variant)).toList();
  }

  private String referenceVariant(List<Sample> ofModel) {
    return ofModel.stream()
        .map(other -> other.group().variant())
        .filter(referenceVariant::equals)
        .findFirst()
        .orElse(ofModel.get(0).group().variant());
  }

  /**
   * The baseline of a sample: of the same variant and backbone if possible, else of the same
   * backbone, else any.
   */
  Optional<Sample> baseline(Sample sample, List<Sample> samples) {
    return baselines.stream()
        .flatMap(model -> nearest(sample, ofModel(model, sample.head(), samples)).stream())
        .findFirst();
  }

  private static Optional<Sample> nearest(Sample sample, List<Sample> candidates) {
    String variant = sample.group().variant();
    List<String> backbones = sample.group().backbones();
    return firstOf(
        candidates,
        List.of(
            group -> group.variant().equals(variant) && group.backbones().equals(backbones),
            group -> group.backbones().equals(backbones),
            any -> true));
  }

  /**
   * The same model and head in the reference variant, with the same backbone if there are several;
   * empty for the reference variant itself.
   */
  Optional<Sample> reference(Sample sample, List<Sample> samples) {
    List<Sample> ofModel = ofModel(sample.group().model(), sample.head(), samples);
    String variant = referenceVariant(ofModel);
    if (sample.group().variant().equals(variant)) {
      return Optional.empty();
    }
    List<Sample> references =
        ofModel.stream().filter(other -> other.group().variant().equals(variant)).toList();
    return ofNearestBackbone(sample, references);
  }

  private static Optional<Sample> ofNearestBackbone(Sample sample, List<Sample> others) {
    return sameBackbone(sample, others)
        .or(() -> others.size() == 1 ? Optional.of(others.get(0)) : Optional.empty());
  }

  /**
   * A variant can replace one side's backbone; then the left backbone decides, else the right one.
   */
  private static Optional<Sample> sameBackbone(Sample sample, List<Sample> others) {
    List<String> wanted = sample.group().backbones();
    String right = wanted.get(wanted.size() - 1);
    return firstOf(
        others,
        List.of(
            group -> group.backbones().equals(wanted),
            group -> group.backbones().get(0).equals(wanted.get(0)),
            group -> group.backbones().contains(right)));
  }

  private static List<Sample> ofModel(String model, String head, List<Sample> samples) {
    return samples.stream()
        .filter(each -> each.group().model().equals(model) && each.head().equals(head))
        .toList();
  }

  /** The first sample that meets the first condition that any sample meets. */
  private static Optional<Sample> firstOf(List<Sample> samples, List<Predicate<Group>> conditions) {
    return conditions.stream()
        .flatMap(condition -> samples.stream().filter(each -> condition.test(each.group())))
        .findFirst();
  }
}
