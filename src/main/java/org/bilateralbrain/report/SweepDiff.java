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
import org.bilateralbrain.statistics.Comparison;
import org.bilateralbrain.statistics.ResultRow;
import org.bilateralbrain.statistics.Sample;
import org.bilateralbrain.statistics.Summary;
import org.bilateralbrain.store.RunFile;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;

/**
 * How two sweeps differ.
 *
 * @param settings that differ, including program and data
 * @param lines of the table that both sweeps have: the second sweep's networks against the first
 *     sweep's of the same seeds; p-values Holm-corrected for their number
 * @param onlyInFirst lines of the table that the second sweep lacks
 */
public record SweepDiff(
    List<Setting> settings,
    List<Change> lines,
    List<String> onlyInFirst,
    List<String> onlyInSecond) {

  /** Any two sweeps differ in these. */
  private static final Set<String> NAMES = Set.of("bilateral.name", "bilateral.store");

  /**
   * @param first value in the first sweep; "–" if it has none
   */
  public record Setting(String path, String first, String second) {}

  /** Of one line and kind of head. */
  public record Change(Summary first, Summary second, Comparison comparison) {}

  /**
   * One of two sweeps.
   *
   * @param name of its folder in the store
   * @param configuration with all defaults, in HOCON
   */
  public record Side(Store store, String name, SweepPlanFile plan, String configuration) {
    List<ResultRow> rows() throws IOException {
      return SweepResults.inTableOrder(SweepResults.read(store, name, plan).rows());
    }
  }

  public static SweepDiff of(Side first, Side second) throws IOException {
    List<Sample> ofFirst = Sample.of(first.rows());
    List<Sample> ofSecond = Sample.of(second.rows());
    List<Change> lines = new ArrayList<>();
    for (Sample sample : ofSecond) {
      same(sample, ofFirst)
          .ifPresent(
              base ->
                  lines.add(
                      new Change(base.summary(), sample.summary(), Comparison.of(sample, base))));
    }
    return new SweepDiff(
        settings(settings(first), settings(second)),
        corrected(lines),
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
        .map(each -> StatisticsText.fullName(each.group()) + ", " + each.head())
        .toList();
  }

  private static List<Change> corrected(List<Change> lines) {
    List<Comparison> changes =
        Comparison.corrected(lines.stream().map(Change::comparison).toList());
    List<Change> corrected = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      corrected.add(new Change(lines.get(i).first(), lines.get(i).second(), changes.get(i)));
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
              first.getOrDefault(path, TextTable.NOTHING),
              second.getOrDefault(path, TextTable.NOTHING));
      if (!setting.first().equals(setting.second())) {
        settings.add(setting);
      }
    }
    return settings;
  }

  /** As a text with a table, aligned. */
  public String markdown() {
    StringBuilder text = new StringBuilder();
    text.append(settings.isEmpty() ? "No setting differs.\n" : "");
    settings.forEach(
        each -> text.append("%s: %s → %s%n".formatted(each.path(), each.first(), each.second())));
    text.append('\n');
    TextTable table =
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
                "networks",
                "test",
                "t-test p",
                "Wilcoxon p"));
    lines.forEach(line -> table.add(cells(line)));
    if (!table.isEmpty()) {
      text.append(table.markdown());
      text.append(
          "\nMean changes over common seeds, in percentage points; Holm-corrected p-values of paired tests.\n");
    }
    onlyInFirst.forEach(each -> text.append("Only in the first sweep: ").append(each).append('\n'));
    onlyInSecond.forEach(
        each -> text.append("Only in the second sweep: ").append(each).append('\n'));
    return text.toString();
  }

  private static List<String> cells(Change line) {
    Comparison comparison = line.comparison();
    return List.of(
        comparison.group().model(),
        comparison.group().variant(),
        comparison.group().backbone(),
        comparison.head(),
        TextTable.meanAndDeviation(line.first(), 0),
        TextTable.meanAndDeviation(line.second(), 0),
        TextTable.difference(comparison.differences().mean()),
        TextTable.interval(comparison.differences()),
        TextTable.networks(comparison),
        TextTable.test(comparison),
        TextTable.pValue(comparison.tTestPValue()),
        TextTable.pValue(comparison.wilcoxonPValue()));
  }
}
