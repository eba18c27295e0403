package org.bilateralbrain.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
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

  VariantReader(Section root, Section grid, CheckpointUse checkpointUse) {
    Section hemisphere = root.child(HEMISPHERE);
    Section bothHeads = root.child(BOTH_HEADS);
    Section heads = root.child(HEADS);
    this.grid = grid;
    this.checkpointUse = checkpointUse;
    this.named = grid.child("variants");
    this.defaults =
        SweepPoint.all(grid.child("sweep"), hemisphere, bothHeads, heads).stream()
            .map(
                point ->
                    new Defaults(
                        point,
                        point.applied(HEMISPHERE, hemisphere),
                        point.applied(BOTH_HEADS, bothHeads),
                        point.applied(HEADS, heads)))
            .toList();
  }

  /** In the order of the file, but the one named symmetric first. */
  List<Variant> variants() {
    defaults.forEach(base -> base.reportMistakes(checkpointUse));
    List<Variant> variants = new ArrayList<>();
    for (String name : named.keys()) {
      if (!named.isNull(name)) { // null is how a HOCON file removes a key of the file it includes
        Section own = named.child(named.folderName(name, name));
        defaults.forEach(base -> variants.add(variant(name, own, base)));
      }
    }
    if (variants.isEmpty()) {
      Section own = named.child(Variant.SYMMETRIC);
      defaults.forEach(base -> variants.add(variant(Variant.SYMMETRIC, own, base)));
    }
    variants.sort(
        Comparator.comparing(
            variant -> !variant.name().equals(Variant.SYMMETRIC))); // first in every table
    return variants;
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
    Section from = variant.isNull("vary") ? grid : variant;
    return Set.copyOf(
        from.distinctOrNone(
            "vary",
            value -> RandomSource.named(Section.asText(value)),
            "sources of randomness: " + RandomSource.labels()));
  }
}
