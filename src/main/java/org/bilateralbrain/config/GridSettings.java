package org.bilateralbrain.config;

import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.Head;

/**
 * What a sweep varies: every combination of backbone, variant, seed (or pair of seeds) and model is
 * one grid point.
 *
 * @param ensembleSizes numbers of networks in an ensemble
 */
public record GridSettings(
    List<Backbone> backbones,
    List<Variant> variants,
    List<Long> seeds,
    List<Model> models,
    Pairing pairing,
    List<Integer> ensembleSizes) {

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

  private static final Set<Model> OF_TWO_SEEDS =
      Set.of(Model.BILATERAL_FINE_FINE, Model.BILATERAL_COARSE_COARSE);

  static GridSettings read(Section section, Section hemisphere, Section ensemble) {
    GridSettings grid =
        new GridSettings(
            section.distinct(
                "backbones", v -> Backbone.named(text(v)), "backbone names: " + Backbone.labels()),
            variants(section.child("variants"), hemisphere),
            section.distinct(
                "seeds", v -> Section.asInteger(v).filter(n -> n >= 0), "integers of at least 0"),
            section.distinct("models", v -> Model.named(text(v)), "model names: " + Model.labels()),
            section.named("pairing", Pairing::named, "zip, cross").orElse(Pairing.ZIP),
            ensemble.distinct("sizes", GridSettings::ensembleSize, "integers of at least 2"));
    for (Model model : grid.models) {
      if (OF_TWO_SEEDS.contains(model) && grid.seeds.size() == 1) {
        section.problem(
            "models",
            "includes %s, which joins two seeds, but grid.seeds has only one"
                .formatted(model.label()));
      }
    }
    for (int size : grid.ensembleSizes) {
      if (grid.models.contains(Model.ENSEMBLE)
          && size > grid.seeds.size()
          && !grid.seeds.isEmpty()) {
        ensemble.problem(
            "sizes",
            "includes %s, but grid.seeds has only %s seeds".formatted(size, grid.seeds.size()));
      }
    }
    return grid;
  }

  private static Optional<Integer> ensembleSize(ConfigValue value) {
    return Section.asInteger(value)
        .filter(n -> n >= 2 && n <= Integer.MAX_VALUE)
        .map(Long::intValue);
  }

  private static List<Variant> variants(Section section, Section hemisphere) {
    List<Variant> variants = new ArrayList<>();
    for (String name : section.keys()) {
      if (section.isNull(name)) {
        continue; // how a HOCON file removes a key of the file it includes
      }
      section.folderName(name, name);
      Section variant = section.child(name);
      variants.add(
          new Variant(
              name,
              Variant.Side.read(variant.childWithDefaults("left", hemisphere), Head.FINE),
              Variant.Side.read(variant.childWithDefaults("right", hemisphere), Head.COARSE)));
    }
    if (variants.isEmpty()) {
      variants.add(
          new Variant(
              Variant.SYMMETRIC,
              Variant.Side.read(hemisphere, Head.FINE),
              Variant.Side.read(hemisphere, Head.COARSE)));
    }
    variants.sort(
        Comparator.comparing(
            variant -> !variant.name().equals(Variant.SYMMETRIC))); // first in every table
    return variants;
  }

  private static String text(ConfigValue value) {
    return Optional.ofNullable(value.unwrapped()).map(Object::toString).orElse("");
  }
}
