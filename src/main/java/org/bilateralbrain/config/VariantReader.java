package org.bilateralbrain.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.bilateralbrain.nn.Head;

/**
 * Reads the variants of a grid. Each is read once for every combination of the values in {@code
 * grid.sweep}, if there are any.
 */
final class VariantReader {

  private static final String HEMISPHERE = "hemisphere";
  private static final String BOTH_HEADS = "both-heads";
  private static final String HEADS = "heads";

  private final Section grid;
  private final CheckpointUse checkpointUse;
  private final Section named;
  private final List<Defaults> defaults;
  private final List<Defaults> ends;
  private final Map<String, Tuning.Trial> trials = new LinkedHashMap<>();

  /** The sections that variants are based on, with the values swept for one point. */
  private record Defaults(SweepPoint point, Section hemisphere, Section bothHeads, Section heads) {

    /** The sections' own mistakes are reported even if every variant overrides the settings. */
    void reportMistakes(CheckpointUse checkpointUse) {
      Variant.Side.read(hemisphere, Head.FINE);
      TrainingReader.read(bothHeads);
      HeadSettings.read(heads);
      CheckpointSettings.OfVariant.read(bothHeads, heads);
      checkpointUse.check(hemisphere, hemisphere, bothHeads, heads);
    }
  }

  VariantReader(Section root, Section grid, SearchSettings search, CheckpointUse checkpointUse) {
    Section hemisphere = root.child(HEMISPHERE);
    Section bothHeads = root.child(BOTH_HEADS);
    Section heads = root.child(HEADS);
    this.grid = grid;
    this.checkpointUse = checkpointUse;
    this.named = grid.child("variants");
    SweepPoints swept = SweepPoints.read(grid.child("sweep"), search, hemisphere, bothHeads, heads);
    Function<SweepPoint, Defaults> applied =
        point ->
            new Defaults(
                point,
                point.applied(HEMISPHERE, hemisphere),
                point.applied(BOTH_HEADS, bothHeads),
                point.applied(HEADS, heads));
    this.defaults = swept.points().stream().map(applied).toList();
    this.ends = swept.ends().stream().map(applied).toList();
  }

  /** In the order of the file, but the one named symmetric first. */
  List<Variant> variants() {
    defaults.forEach(base -> base.reportMistakes(checkpointUse));
    ends.forEach(base -> base.reportMistakes(checkpointUse));
    List<Variant> variants = new ArrayList<>();
    for (String name : named.keys()) {
      if (!named.isNull(name)) { // null is how a HOCON file removes a key of the file it includes
        Section own = named.child(named.folderName(name, name));
        variants.addAll(ofEachPoint(name, own));
      }
    }
    if (variants.isEmpty()) {
      variants.addAll(ofEachPoint(Variant.SYMMETRIC, named.child(Variant.SYMMETRIC)));
    }
    variants.sort(
        Comparator.comparing(
            variant -> !variant.name().equals(Variant.SYMMETRIC))); // first in every table
    return variants;
  }

  /** The trials among the variants that were read, by the variants' names. */
  Map<String, Tuning.Trial> trials() {
    return trials;
  }

  private List<Variant> ofEachPoint(String name, Section own) {
    ends.forEach(base -> variant(name, own, base)); // for their mistakes
    return defaults.stream()
        .map(
            base -> {
              Variant variant = variant(name, own, base);
              if (!base.point.values().isEmpty()) {
                trials.put(variant.name(), new Tuning.Trial(name, base.point.texts()));
              }
              return variant;
            })
        .toList();
  }

  private Variant variant(String name, Section own, Defaults base) {
    Section swept = base.point.appliedToVariant(own);
    Section left = swept.childWithDefaults("left", base.hemisphere);
    Section right = swept.childWithDefaults("right", base.hemisphere);
    Section bothHeads = swept.childWithDefaults(BOTH_HEADS, base.bothHeads);
    Section heads = swept.childWithDefaults(HEADS, base.heads);
    checkpointUse.check(left, right, bothHeads, heads);
    return new Variant(
        base.point.name(name),
        Variant.Side.read(left, Head.FINE),
        Variant.Side.read(right, Head.COARSE),
        TrainingReader.read(bothHeads),
        HeadSettings.read(heads),
        CheckpointSettings.OfVariant.read(bothHeads, heads),
        vary(swept));
  }

  private Set<RandomSource> vary(Section variant) {
    grid.isNull("vary"); // a known setting, even if every variant has its own
    Section from = variant.isNull("vary") ? grid : variant;
    return Set.copyOf(
        from.distinctOrNone(
            "vary",
            value -> RandomSource.named(Section.asText(value)),
            "sources of randomness: " + RandomSource.labels()));
  }
}
