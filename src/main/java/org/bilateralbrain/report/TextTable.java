package org.bilateralbrain.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.bilateralbrain.statistics.Comparison;
import org.bilateralbrain.statistics.Interval;
import org.bilateralbrain.statistics.Summary;

/**
 * A table of text in the formats that people use, and the numbers in its cells as papers print
 * them: in percent, with two decimals, and a dash where there is none.
 */
final class TextTable {

  static final String NOTHING = "–";

  private final List<List<String>> lines = new ArrayList<>();

  TextTable(List<String> header) {
    lines.add(header);
  }

  /** Line breaks and other control characters, which would break the table, become blanks. */
  void add(List<String> line) {
    lines.add(line.stream().map(cell -> cell.replaceAll("\\p{Cntrl}+", " ")).toList());
  }

  boolean isEmpty() {
    return lines.size() == 1;
  }

  /** Aligned, so that it is readable in a terminal, too. */
  String markdown() {
    List<List<String>> escaped =
        lines.stream()
            .map(line -> line.stream().map(cell -> cell.replace("|", "\\|")).toList())
            .toList();
    int[] widths = new int[lines.get(0).size()];
    for (List<String> line : escaped) {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], line.get(column).length());
      }
    }
    StringBuilder table = new StringBuilder();
    for (int i = 0; i < escaped.size(); i++) {
      table.append(row(escaped.get(i), widths));
      if (i == 0) {
        List<String> rule = new ArrayList<>();
        for (int width : widths) {
          rule.add("-".repeat(width));
        }
        table.append(row(rule, widths));
      }
    }
    return table.toString();
  }

  private static String row(List<String> cells, int[] widths) {
    StringBuilder row = new StringBuilder("|");
    for (int column = 0; column < widths.length; column++) {
      String cell = cells.get(column);
      row.append(' ').append(cell).append(" ".repeat(widths[column] - cell.length())).append(" |");
    }
    return row.append('\n').toString();
  }

  /** For a page; scrolls on its own if it is wider than the page. */
  String html() {
    StringBuilder table =
        new StringBuilder(
            "<div class='scroll' tabindex='0' role='region' aria-label='table'><table>\n");
    for (int i = 0; i < lines.size(); i++) {
      String start = i == 0 ? "<th scope='col'>" : "<td>";
      String end = i == 0 ? "</th>" : "</td>";
      table.append("<tr>");
      lines.get(i).forEach(text -> table.append(start).append(Html.escaped(text)).append(end));
      table.append("</tr>\n");
    }
    return table.append("</table></div>\n").toString();
  }

  /** For LaTeX with the package booktabs. */
  String latex() {
    StringBuilder table =
        new StringBuilder(
            "\\begin{tabular}{%s}\n\\toprule\n".formatted("l".repeat(lines.get(0).size())));
    for (int i = 0; i < lines.size(); i++) {
      table.append(
          lines.get(i).stream()
              .map(TextTable::escaped)
              .collect(Collectors.joining(" & ", "", " \\\\\n")));
      table.append(i == 0 ? "\\midrule\n" : "");
    }
    return table.append("\\bottomrule\n\\end{tabular}\n").toString();
  }

  private static String escaped(String cell) {
    StringBuilder escaped = new StringBuilder();
    cell.chars()
        .forEach(
            character -> {
              switch (character) {
                case '%', '_', '&', '#', '$', '{', '}' ->
                    escaped.append('\\').append((char) character);
                case '\\' -> escaped.append("\\textbackslash{}");
                case '~' -> escaped.append("\\textasciitilde{}");
                case '^' -> escaped.append("\\textasciicircum{}");
                case '<' -> escaped.append("$<$");
                case '>' -> escaped.append("$>$");
                case '±' -> escaped.append("$\\pm$");
                case '–' -> escaped.append("--");
                default -> escaped.append((char) character);
              }
            });
    return escaped.toString();
  }

  static String percent(double share) {
    return Double.isNaN(share) ? NOTHING : String.format(Locale.ROOT, "%.2f", 100 * share);
  }

  static String decimal(double value) {
    return Double.isNaN(value) ? NOTHING : String.format(Locale.ROOT, "%.3f", value);
  }

  /** In percentage points, with its sign. */
  static String difference(double share) {
    return Double.isNaN(share) ? NOTHING : String.format(Locale.ROOT, "%+.2f", 100 * share);
  }

  static String pValue(double p) {
    if (Double.isNaN(p)) {
      return NOTHING;
    }
    return p < 0.001 ? "< 0.001" : String.format(Locale.ROOT, "%.3f", p);
  }

  /**
   * With the number of networks.
   *
   * @param without networks without a result, which are shown: (2 of 3)
   */
  static String meanAndDeviation(Summary summary, int without) {
    String count =
        without == 0
            ? Integer.toString(summary.n())
            : summary.n() + " of " + (summary.n() + without);
    return "%s ± %s (%s)".formatted(percent(summary.mean()), percent(summary.deviation()), count);
  }

  /** The networks compared: so many pairs, or so many against so many. */
  static String networks(Comparison comparison) {
    return comparison.differences().method() == Summary.Method.STUDENT
            && comparison.networks() == comparison.baselineNetworks()
        ? "%s pairs".formatted(comparison.networks())
        : "%s / %s".formatted(comparison.networks(), comparison.baselineNetworks());
  }

  /** What the t-test of a difference takes into account. */
  static String test(Comparison comparison) {
    return switch (comparison.differences().method()) {
      case STUDENT -> "paired";
      case WELCH -> "Welch";
      case CROSSED -> "crossed";
      case CLUSTERED -> "clustered";
    };
  }

  static String interval(Interval interval) {
    return interval.isKnown()
        ? "[%s, %s]".formatted(percent(interval.low()), percent(interval.high()))
        : NOTHING;
  }

  static String interval(Summary summary) {
    return Double.isNaN(summary.halfInterval())
        ? NOTHING
        : "[%s, %s]".formatted(percent(summary.low()), percent(summary.high()));
  }
}
