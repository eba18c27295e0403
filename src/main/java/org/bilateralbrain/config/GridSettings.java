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
 * one cell.
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

  private static final Set<Model> OF_TWO_SEEDS =
      Set.of(Model.BILATERAL_FINE_FINE, Model.BILATERAL_COARSE_COARSE);

  static GridSettings read(Section section, Section hemisphere, Section ensemble) {
    GridSettings grid =
        new GridSettings(
            section.distinct(
                "backbones",
                v -> Backbone.named(text(v)),
                "names of backbones: " + Backbone.labels()),
            variants(section.child("variants"), hemisphere),
            section.distinct(
                "seeds",
                v -> Section.asWhole(v).filter(n -> n >= 0),
                "whole numbers of at least 0"),
            section.distinct(
                "models", v -> Model.named(text(v)), "names of models: " + Model.labels()),
            section.named("pairing", Pairing::named, "zip, cross").orElse(Pairing.ZIP),
            ensemble.distinct("sizes", GridSettings::ensembleSize, "whole numbers of at least 2"));
    for (Model model : grid.models) {
      if (OF_TWO_SEEDS.contains(model) && grid.seeds.size() == 1) {
        section.problem(
            "models",
            "has %s, which joins two seeds, but there is only one".formatted(model.label()));
      }
    }
    for (int size : grid.ensembleSizes) {
      if (grid.models.contains(Model.ENSEMBLE)
          && size > grid.seeds.size()
          && !grid.seeds.isEmpty()) {
        ensemble.problem(
            "sizes", "has %s, but there are only %s seeds".formatted(size, grid.seeds.size()));
      }
    }
    return grid;
  }

  private static Optional<Integer> ensembleSize(ConfigValue value) {
    return Section.asWhole(value).filter(n -> n >= 2 && n <= Integer.MAX_VALUE).map(Long::intValue);
  }

  private static List<Variant> variants(Section section, Section hemisphere) {
    List<Variant> variants = new ArrayList<>();
    for (String name : section.keys()) {
      if (section.isNull(name)) {
        continue; // how HOCON takes back a key of an included file
      }
      Section variant = section.child(name);
      if (!Names.isUsable(name)) {
        section.problem(name, Names.RULE.formatted(name));
      }
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
