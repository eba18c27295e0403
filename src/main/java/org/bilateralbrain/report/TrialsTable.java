package org.bilateralbrain.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.bilateralbrain.config.Model;
import org.bilateralbrain.config.Tuning;
import org.bilateralbrain.statistics.Group;
import org.bilateralbrain.statistics.ResultRow;
import org.bilateralbrain.statistics.Summary;
import org.bilateralbrain.store.Csv;
import org.bilateralbrain.store.Heads;
import org.bilateralbrain.store.Metrics;
import org.bilateralbrain.store.PrunedFile;

/**
 * The trials of a search over settings, for each model and head, best first. It shows validation
 * accuracies alone: settings that were chosen by test accuracy would make that accuracy useless.
 */
public final class TrialsTable {

  /** The file of {@link #csv}. */
  public static final String FILE_NAME = "trials.csv";

  private static final String NOTE =
      "Trials of grid.sweep, best first within each model and head, by validation accuracy (mean ± sample standard deviation,"
          + " number of networks); that of a pruned network is its last one.";

  /** One line: the networks of a trial that differ in their seeds only, and one of their heads. */
  private record Line(Group group, Tuning.Trial trial, String head, List<ResultRow> rows) {

    Summary validation() {
      return Summary.of(
          rows.stream().map(ResultRow::validation).flatMap(Optional::stream).toList());
    }

    /** A number, or the smallest and the largest. */
    String epochs() {
      TreeSet<Integer> all = new TreeSet<>();
      for (ResultRow row : rows) {
        row.metrics().map(Metrics::epochs).ifPresent(all::add);
        row.pruned().map(PrunedFile.Job::epochs).ifPresent(all::add);
      }
      return all.size() < 2
          ? all.stream().map(Object::toString).collect(Collectors.joining())
          : all.first() + " to " + all.last();
    }

    String status() {
      Map<String, Integer> counts = new TreeMap<>();
      rows.forEach(row -> counts.merge(status(row), 1, Integer::sum));
      return counts.size() == 1
          ? counts.keySet().iterator().next()
          : counts.entrySet().stream()
              .map(each -> each.getValue() + " " + each.getKey())
              .collect(Collectors.joining(", "));
    }

    private static String status(ResultRow row) {
      return row.status().name().toLowerCase(Locale.ROOT)
          + row.pruned().map(pruned -> " at epoch " + pruned.epochs()).orElse("");
    }
  }

  private static final Comparator<Line> BEST_FIRST =
      Comparator.comparing((Line line) -> line.group().model(), Model.tableOrder())
          .thenComparing(line -> line.group().backbone())
          .thenComparing(line -> Heads.ALL.indexOf(line.head()))
          .thenComparing(
              line -> {
                double mean = line.validation().mean();
                return Double.isNaN(mean) ? 1 : -mean;
              });

  private final List<String> settings;
  private final List<Line> lines;

  private TrialsTable(List<String> settings, List<Line> lines) {
    this.settings = settings;
    this.lines = lines;
  }

  /**
   * @param trials by the names of their variants; the table is empty if there are none
   */
  public static TrialsTable of(List<ResultRow> rows, Map<String, Tuning.Trial> trials) {
    Map<List<Object>, Line> lines = new LinkedHashMap<>();
    for (ResultRow row : rows) {
      Tuning.Trial trial = trials.get(row.cell().variant());
      if (trial != null) {
        Group group = Group.of(row.cell());
        lines
            .computeIfAbsent(
                List.of(group, row.head()),
                any -> new Line(group, trial, row.head(), new ArrayList<>()))
            .rows()
            .add(row);
      }
    }
    List<String> settings =
        trials.values().stream()
            .flatMap(trial -> trial.values().keySet().stream())
            .distinct()
            .toList();
    return new TrialsTable(settings, lines.values().stream().sorted(BEST_FIRST).toList());
  }

  public boolean isEmpty() {
    return lines.isEmpty();
  }

  /** Aligned, so that it is readable in a terminal, too; the empty string without trials. */
  public String markdown() {
    return isEmpty() ? "" : "%s\n%s\n".formatted(table().markdown(), NOTE);
  }

  public String html() {
    return table().html() + Html.note(NOTE);
  }

  private TextTable table() {
    boolean hasVariants = lines.stream().map(line -> line.trial().variant()).distinct().count() > 1;
    List<String> header = new ArrayList<>(List.of("model"));
    if (hasVariants) {
      header.add("variant");
    }
    header.addAll(List.of("backbone", "head"));
    header.addAll(settings);
    header.addAll(List.of("validation %", "epochs", "status"));
    TextTable table = new TextTable(header);
    for (Line line : lines) {
      List<String> cells = new ArrayList<>(List.of(line.group().model()));
      if (hasVariants) {
        cells.add(line.trial().variant());
      }
      cells.addAll(List.of(line.group().backbone(), line.head()));
      settings.forEach(setting -> cells.add(value(line, setting)));
      cells.addAll(List.of(percent(line.validation()), line.epochs(), line.status()));
      table.add(cells);
    }
    return table;
  }

  private static String value(Line line, String setting) {
    return Objects.requireNonNull(line.trial().values().get(setting));
  }

  private static String percent(Summary validation) {
    return validation.n() < 2
        ? TextTable.percent(validation.mean())
        : TextTable.meanAndDeviation(validation, 0);
  }

  /**
   * The same with all digits; accuracies in 0..1.
   *
   * @param plan hash of the plan
   */
  public String csv(String plan) {
    List<String> columns = new ArrayList<>(List.of("plan", "model", "variant", "backbone", "head"));
    columns.addAll(settings);
    columns.addAll(
        List.of("validation_accuracy", "validation_deviation", "networks", "epochs", "status"));
    StringBuilder csv = new StringBuilder(Csv.line(columns));
    for (Line line : lines) {
      Summary validation = line.validation();
      List<Object> cells =
          new ArrayList<>(
              List.of(
                  plan,
                  line.group().model(),
                  line.trial().variant(),
                  line.group().backbone(),
                  line.head()));
      settings.forEach(setting -> cells.add(value(line, setting)));
      cells.addAll(
          List.of(
              validation.mean(),
              validation.deviation(),
              validation.n(),
              line.epochs(),
              line.status()));
      csv.append(Csv.line(cells));
    }
    return csv.toString();
  }
}
