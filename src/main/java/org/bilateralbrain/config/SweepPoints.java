package org.bilateralbrain.config;

import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.bilateralbrain.config.SearchSettings.Sampler;
import org.bilateralbrain.data.Seeds;
import org.bilateralbrain.nn.Head;

/**
 * The combinations of values in {@code grid.sweep} that {@code grid.search} tries.
 *
 * @param points one without values if nothing is swept
 * @param ends further combinations with the ends of ranges, which are valid if every draw is
 */
record SweepPoints(List<SweepPoint> points, List<SweepPoint> ends) {

  /** Settings that are whole numbers, but can be null or a word where they aren't swept. */
  private static final Set<String> OPTIONAL_WHOLE =
      Set.of("early-stopping.patience", "schedule.step-size", "feature-views");

  /** Settings that don't exist, values that can't be swept and invalid ranges are reported. */
  static SweepPoints read(
      Section sweep, SearchSettings search, Section hemisphere, Section bothHeads, Section heads) {
    Variant.Side.read(hemisphere.unreported(), Head.FINE);
    TrainingReader.read(bothHeads.unreported());
    HeadSettings.read(heads.unreported());
    Map<String, Section> sections =
        Map.of(
            "hemisphere", hemisphere,
            "left", hemisphere,
            "right", hemisphere,
            "both-heads", bothHeads,
            "heads", heads);
    Map<String, SweptValues> settings = new LinkedHashMap<>();
    sweep
        .leaves(SweptValues.Reader::isRange)
        .forEach(
            (key, given) -> {
              String path = String.join(".", ConfigUtil.splitPath(key));
              values(sweep, path, given, sections, search.sampler())
                  .ifPresent(values -> settings.put(path, values));
            });
    List<SweepPoint> points = points(settings, search);
    return new SweepPoints(points, ends(settings, points.get(0)));
  }

  private static Optional<SweptValues> values(
      Section sweep,
      String path,
      ConfigValue given,
      Map<String, Section> sections,
      Sampler sampler) {
    int dot = path.indexOf('.');
    Section section = sections.get(path.substring(0, Math.max(0, dot)));
    String key = path.substring(dot + 1);
    boolean isKnown =
        path.equals(SweepPoint.VARY)
            || (section != null && section.has(ConfigUtil.splitPath(key).get(0)));
    if (!isKnown) {
      sweep.report(
          sweep.path(path),
          "is not a setting that can be swept; expected %s or a setting of: hemisphere, left, right, both-heads, heads"
              .formatted(SweepPoint.VARY),
          given.origin());
      return Optional.empty();
    }
    boolean isWhole =
        section != null && (section.isWholeNumber(key) || OPTIONAL_WHOLE.contains(key));
    Optional<SweptValues> values = new SweptValues.Reader(sweep).read(path, given, isWhole);
    if (sampler == Sampler.GRID && values.orElse(null) instanceof SweptValues.Range) {
      sweep.report(
          sweep.path(path),
          "is a range, which only grid.search.sampler = random draws from; list values instead",
          given.origin());
      return Optional.empty();
    }
    return values;
  }

  private static List<SweepPoint> points(Map<String, SweptValues> settings, SearchSettings search) {
    return settings.isEmpty()
        ? List.of(new SweepPoint(Map.of()))
        : search.sampler() == Sampler.RANDOM ? drawn(settings, search) : combined(settings, search);
  }

  /**
   * A trial's values depend on the seed, its number and the settings' names alone, so that more
   * trials, and more settings, change none. Equal draws are one trial.
   */
  private static List<SweepPoint> drawn(Map<String, SweptValues> settings, SearchSettings search) {
    Map<String, SweepPoint> byName = new LinkedHashMap<>();
    for (int trial = 0; trial < search.trials().orElse(1); trial++) {
      Map<String, ConfigValue> values = new LinkedHashMap<>();
      for (Map.Entry<String, SweptValues> setting : settings.entrySet()) {
        long seed = Seeds.derive(search.seed(), "trial of " + setting.getKey(), trial);
        values.put(setting.getKey(), setting.getValue().draw(new SplittableRandom(seed)));
      }
      SweepPoint point = new SweepPoint(values);
      byName.putIfAbsent(point.name(Variant.SYMMETRIC), point);
    }
    return List.copyOf(byName.values());
  }

  /** Every combination, or as many of them as there are trials. */
  private static List<SweepPoint> combined(
      Map<String, SweptValues> settings, SearchSettings search) {
    Map<String, List<ConfigValue>> lists = new LinkedHashMap<>();
    settings.forEach(
        (path, values) -> {
          if (values instanceof SweptValues.Listed listed) {
            lists.put(path, listed.values());
          }
        });
    long count = lists.values().stream().mapToLong(List::size).reduce(1, Math::multiplyExact);
    List<SweepPoint> points = new ArrayList<>();
    for (long index : indices(count, search)) {
      points.add(combination(lists, index));
    }
    return points;
  }

  /** In the order of the combinations, of which more trials choose more. */
  private static Collection<Long> indices(long count, SearchSettings search) {
    long wanted = search.trials().orElse(Integer.MAX_VALUE);
    if (wanted >= count) {
      return LongStream.range(0, count).boxed().toList();
    }
    Set<Long> chosen = new TreeSet<>();
    SplittableRandom random = new SplittableRandom(Seeds.derive(search.seed(), "combinations", 0));
    while (chosen.size() < wanted) {
      chosen.add(random.nextLong(count));
    }
    return chosen;
  }

  /** The last setting varies fastest. */
  private static SweepPoint combination(Map<String, List<ConfigValue>> lists, long index) {
    Map<String, ConfigValue> values = new LinkedHashMap<>();
    long block = lists.values().stream().mapToLong(List::size).reduce(1, Math::multiplyExact);
    long rest = index;
    for (Map.Entry<String, List<ConfigValue>> setting : lists.entrySet()) {
      block /= setting.getValue().size();
      values.put(setting.getKey(), setting.getValue().get((int) (rest / block)));
      rest %= block;
    }
    return new SweepPoint(values);
  }

  private static List<SweepPoint> ends(Map<String, SweptValues> settings, SweepPoint other) {
    List<SweepPoint> ends = new ArrayList<>();
    settings.forEach(
        (path, values) -> {
          if (values instanceof SweptValues.Range range) {
            for (ConfigValue end : range.ends()) {
              Map<String, ConfigValue> changed = new LinkedHashMap<>(other.values());
              changed.put(path, end);
              ends.add(new SweepPoint(changed));
            }
          }
        });
    return ends;
  }
}
