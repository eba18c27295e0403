package org.bilateralbrain.report;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bilateralbrain.store.RunFile;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;

/**
 * What differs between two sweeps.
 *
 * @param settings that differ, and program and data where they do
 * @param cells both sweeps have: the second one's networks against the first one's of the same
 *     seeds; probabilities corrected for their number
 * @param onlyInFirst lines of the table that the second sweep doesn't have
 */
public record SweepDiff(
    List<Setting> settings,
    List<GridPoint> cells,
    List<String> onlyInFirst,
    List<String> onlyInSecond) {

  /** Two sweeps differ in these, and it means nothing. */
  private static final Set<String> NAMES = Set.of("bilateral.name", "bilateral.store");

  /**
   * @param first value; "–" where there is none
   */
  public record Setting(String path, String first, String second) {}

  /** One line and kind of head. */
  public record GridPoint(Summary first, Summary second, Comparison change) {}

  /**
   * One of two sweeps.
   *
   * @param name of its folder in the store
   * @param configuration with all defaults, in HOCON
   */
  public record Side(Store store, String name, SweepPlanFile plan, String configuration) {
    List<ResultRow> rows() throws IOException {
      return SweepResults.read(store, name, plan).rows();
    }
  }

  public static SweepDiff of(Side first, Side second) throws IOException {
    List<Sample> ofFirst = Sample.of(first.rows());
    List<Sample> ofSecond = Sample.of(second.rows());
    List<GridPoint> cells = new ArrayList<>();
    for (Sample sample : ofSecond) {
      same(sample, ofFirst)
          .ifPresent(
              base ->
                  cells.add(
                      new GridPoint(
                          base.summary(), sample.summary(), Comparison.of(sample, base))));
    }
    return new SweepDiff(
        settings(settings(first), settings(second)),
        corrected(cells),
        missing(ofFirst, ofSecond),
        missing(ofSecond, ofFirst));
  }

  private static Optional<Sample> same(Sample sample, List<Sample> others) {
    return others.stream()
        .filter(other -> other.group().equals(sample.group()) && other.head().equals(sample.head()))
        .findFirst();
  }

  private static List<String> missing(List<Sample> in, List<Sample> from) {
    return in.stream()
        .filter(sample -> same(sample, from).isEmpty())
        .map(each -> each.group() + ", " + each.head())
        .toList();
  }

  private static List<GridPoint> corrected(List<GridPoint> cells) {
    List<Comparison> changes = Statistics.corrected(cells.stream().map(GridPoint::change).toList());
    List<GridPoint> corrected = new ArrayList<>();
    for (int i = 0; i < cells.size(); i++) {
      corrected.add(new GridPoint(cells.get(i).first(), cells.get(i).second(), changes.get(i)));
    }
    return corrected;
  }

  private static SortedMap<String, String> settings(Side side) throws IOException {
    SortedMap<String, String> settings = new TreeMap<>();
    Config config = ConfigFactory.parseString(side.configuration());
    config
        .entrySet()
        .forEach(
            entry ->
                settings.put(
                    entry.getKey(), entry.getValue().render(ConfigRenderOptions.concise())));
    settings.keySet().removeAll(NAMES);
    side.store()
        .readSweepFile(side.name(), RunFile.FILE_NAME, RunFile.class)
        .filter(run -> run.plan().equals(side.plan().plan()))
        .ifPresent(run -> settings.put("(program)", run.program()));
    if (side.plan().data() != null) {
      settings.put("(data digest)", side.plan().data().digest());
    }
    return settings;
  }

  private static List<Setting> settings(Map<String, String> first, Map<String, String> second) {
    TreeSet<String> paths = new TreeSet<>(first.keySet());
    paths.addAll(second.keySet());
    List<Setting> settings = new ArrayList<>();
    for (String path : paths) {
      Setting setting =
          new Setting(
              path,
              first.getOrDefault(path, Percent.NOTHING),
              second.getOrDefault(path, Percent.NOTHING));
      if (!setting.first().equals(setting.second())) {
        settings.add(setting);
      }
    }
    return settings;
  }

  /** For people. */
  public String markdown() {
    StringBuilder text = new StringBuilder();
    text.append(settings.isEmpty() ? "No setting differs.\n" : "");
    settings.forEach(
        each -> text.append("%s: %s → %s%n".formatted(each.path(), each.first(), each.second())));
    text.append('\n');
    TextTable ofCells =
        new TextTable(
            List.of(
                "model",
                "variant",
                "backbone",
                "head",
                "first %",
                "second %",
                "change",
                "95 % interval",
                "seeds",
                "t-test p",
                "Wilcoxon p"));
    cells.forEach(cell -> ofCells.add(line(cell)));
    if (!ofCells.isEmpty()) {
      text.append(ofCells.markdown());
      text.append(
          "\nChanges over common seeds, in percent points; probabilities corrected for the number of tests (Holm).\n");
    }
    onlyInFirst.forEach(each -> text.append("Only in the first: ").append(each).append('\n'));
    onlyInSecond.forEach(each -> text.append("Only in the second: ").append(each).append('\n'));
    return text.toString();
  }

  private static List<String> line(GridPoint cell) {
    Comparison change = cell.change();
    return List.of(
        change.group().model(),
        change.group().variant(),
        change.group().backbone(),
        change.head(),
        Percent.meanAndDeviation(cell.first(), 0),
        Percent.meanAndDeviation(cell.second(), 0),
        Percent.difference(change.differences().mean()),
        Percent.interval(change.differences()),
        Integer.toString(change.differences().n()),
        Percent.probability(change.t()),
        Percent.probability(change.wilcoxon()));
  }
}
