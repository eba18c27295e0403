package org.bilateralbrain.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bilateralbrain.nn.Backbone;

/**
 * What a sweep varies: every combination of backbone, variant, seed (or pair of seeds) and model is
 * one grid point.
 *
 * @param ensembles of which networks ensembles are made
 * @param tuning the search over settings
 */
public record GridSettings(
    List<Backbone> backbones,
    List<Variant> variants,
    List<Long> seeds,
    List<Model> models,
    Pairing pairing,
    Ensembles ensembles,
    Tuning tuning) {

  /** Which left hemispheres are joined with which right ones. */
  public enum Pairing {
    /** Those of the same seed. */
    ZIP,
    /** Every left one with every right one. */
    CROSS;

    private static Optional<Pairing> named(String name) {
      return switch (name) {
        case "zip" -> Optional.of(ZIP);
        case "cross" -> Optional.of(CROSS);
        default -> Optional.empty();
      };
    }
  }

  /**
   * @param sizes numbers of networks in an ensemble
   * @param trainShare fraction of the training images that each member is trained on, in (0, 1];
   *     below 1, each member has a part of its own
   */
  public record Ensembles(List<Integer> sizes, double trainShare) {

    static Ensembles read(Section section) {
      return new Ensembles(
          section.distinct("sizes", Ensembles::size, "integers of at least 2"),
          section.share("train-share"));
    }

    private static Optional<Integer> size(ConfigValue value) {
      return Section.asInteger(value)
          .filter(n -> n >= 2 && n <= Integer.MAX_VALUE)
          .map(Long::intValue);
    }
  }

  private static final Set<Model> OF_TWO_SEEDS =
      Set.of(Model.BILATERAL_FINE_FINE, Model.BILATERAL_COARSE_COARSE);

  static GridSettings read(Section root) {
    Section section = root.child("grid");
    Section ensemble = root.child("ensemble");
    List<Model> models =
        section.distinct(
            "models", v -> Model.named(Section.asText(v)), "model names: " + Model.labels());
    Pairing pairing = section.named("pairing", Pairing::named, "zip, cross").orElse(Pairing.ZIP);
    SearchSettings search = SearchSettings.read(section.child("search"), isSwept(section));
    VariantReader reader =
        new VariantReader(root, section, search, new CheckpointUse(models, pairing));
    List<Variant> variants = reader.variants();
    GridSettings grid =
        new GridSettings(
            section.distinct(
                "backbones",
                v -> Backbone.named(Section.asText(v)),
                "backbone names: " + Backbone.labels()),
            variants,
            section.distinct(
                "seeds", v -> Section.asInteger(v).filter(n -> n >= 0), "integers of at least 0"),
            models,
            pairing,
            Ensembles.read(ensemble),
            new Tuning(
                search.prune() == SearchSettings.Prune.MEDIAN,
                search.pruneAfter(),
                reader.trials()));
    grid.requireEnoughSeeds(section, ensemble);
    grid.requireOneSplit(section);
    return grid;
  }

  private static boolean isSwept(Section section) {
    return !section.isNull("sweep")
        && section.value("sweep") instanceof ConfigObject settings
        && settings.values().stream().anyMatch(each -> each.valueType() != ConfigValueType.NULL);
  }

  /** The labels of the sources of randomness that each variant's seeds change, by its name. */
  public Map<String, List<String>> varied() {
    return variants.stream()
        .collect(
            Collectors.toMap(
                Variant::name,
                variant -> variant.vary().stream().sorted().map(RandomSource::label).toList()));
  }

  private void requireEnoughSeeds(Section section, Section ensemble) {
    for (Model model : models) {
      if (OF_TWO_SEEDS.contains(model) && seeds.size() == 1) {
        section.problem(
            "models",
            "includes %s, which joins two seeds, but grid.seeds has only one"
                .formatted(model.label()));
      }
    }
    for (int size : ensembles.sizes) {
      if (models.contains(Model.ENSEMBLE) && size > seeds.size() && !seeds.isEmpty()) {
        ensemble.problem(
            "sizes", "includes %s, but grid.seeds has only %s seeds".formatted(size, seeds.size()));
      }
    }
    for (Variant variant : variants) {
      if (variant.vary().isEmpty() && seeds.size() > 1) {
        section.problem(
            "vary",
            "is empty for the variant %s, so that all seeds would give the same network; list at least one of: %s"
                .formatted(variant.name(), RandomSource.labels()));
      }
    }
  }

  /** Networks of two splits would select weights by images that one of them was trained on. */
  private void requireOneSplit(Section section) {
    boolean variesSplit = variants.stream().anyMatch(v -> v.vary().contains(RandomSource.SPLIT));
    boolean mixesSeeds =
        pairing == Pairing.CROSS
            || models.contains(Model.ENSEMBLE)
            || models.stream().anyMatch(OF_TWO_SEEDS::contains);
    if (variesSplit && mixesSeeds) {
      section.problem(
          "vary",
          "includes split, but pairing = cross, bilateral-fine-fine, bilateral-coarse-coarse and ensemble join networks of"
              + " several seeds, of which some were trained on images that others hold out; leave out either");
    }
  }
}
