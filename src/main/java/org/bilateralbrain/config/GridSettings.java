package org.bilateralbrain.config;

import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bilateralbrain.nn.Backbone;

/** What a sweep varies: every combination of backbone, variant, seed and model is one cell. */
public record GridSettings(
    List<Backbone> backbones, List<Variant> variants, List<Long> seeds, List<Model> models) {

  static GridSettings read(Section section, Section hemisphere) {
    return new GridSettings(
        section.distinct("backbones", v -> Backbone.named(text(v)), "names of backbones: " + Backbone.labels()),
        variants(section.child("variants"), hemisphere),
        section.distinct("seeds", v -> Section.asWhole(v).filter(n -> n >= 0), "whole numbers of at least 0"),
        section.distinct("models", v -> Model.named(text(v)), "names of models: " + Model.labels()));
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
              Variant.Side.read(variant.childWithDefaults("left", hemisphere)),
              Variant.Side.read(variant.childWithDefaults("right", hemisphere))));
    }
    if (variants.isEmpty()) {
      Variant.Side side = Variant.Side.symmetric(hemisphere);
      variants.add(new Variant(Variant.SYMMETRIC, side, side));
    }
    return variants;
  }

  private static String text(ConfigValue value) {
    return Optional.ofNullable(value.unwrapped()).map(Object::toString).orElse("");
  }
}
