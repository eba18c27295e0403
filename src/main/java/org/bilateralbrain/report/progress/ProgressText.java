package org.bilateralbrain.report.progress;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.bilateralbrain.report.progress.Snapshot.Running;
import org.bilateralbrain.store.Progress;
import org.bilateralbrain.store.SweepStatusFile.State;

/**
 * A sweep's progress as text: the block on a terminal, which cuts the ends of long lines, and the
 * lines of a log.
 */
public final class ProgressText {

  private static final int MAX_SHOWN = 8;
  private static final int BAR_WIDTH = 20;

  /** So that some numbers fit beside it in eighty columns. */
  private static final int MAX_TITLE_LENGTH = 44;

  private ProgressText() {}

  /** A bar and counts for the whole sweep, then a line for each of the first few running jobs. */
  public static List<String> block(Snapshot snapshot) {
    List<String> lines = new ArrayList<>();
    String left = left(snapshot.secondsLeft());
    lines.add(
        bar(snapshot.work().shareDone())
            + (left.isEmpty() ? "" : "  " + left)
            + "  "
            + counts(snapshot));
    if (snapshot.isDriverSilent()) {
      lines.add("  " + lastHeartbeat(snapshot.silence()));
    }
    List<Running> shown =
        snapshot.running().subList(0, Math.min(MAX_SHOWN, snapshot.running().size()));
    lines.addAll(aligned(shown.stream().map(ProgressText::row).toList()));
    if (shown.size() < snapshot.running().size()) {
      lines.add("  and %s more".formatted(snapshot.running().size() - shown.size()));
    }
    return lines;
  }

  /** The whole sweep in one line. */
  public static String summary(Snapshot snapshot) {
    String left = left(snapshot.secondsLeft());
    return clock(snapshot.elapsed())
        + counts(snapshot)
        + (left.isEmpty() ? "" : "; about " + left)
        + (snapshot.isDriverSilent() ? "; " + lastHeartbeat(snapshot.silence()) : "");
  }

  /** An event of one job. */
  public static String event(
      Optional<Duration> elapsed, String what, String title, String details) {
    return "%s%-8s %s%s"
        .formatted(clock(elapsed), what, title, details.isEmpty() ? "" : ": " + details);
  }

  /** The progress of one running job. */
  public static String of(Optional<Progress> progress) {
    return columns(progress).stream()
        .filter(column -> !column.isEmpty())
        .collect(Collectors.joining(", "));
  }

  public static String ago(Duration time) {
    return roughly(time.toSeconds()) + " ago";
  }

  private static String lastHeartbeat(Duration silence) {
    return "last driver heartbeat " + ago(silence);
  }

  private static String counts(Snapshot snapshot) {
    int pruned = snapshot.count(State.PRUNED);
    return "%s of %s jobs done, %s running, %s failed, %s%s waiting"
        .formatted(
            snapshot.countDone(),
            snapshot.countAll(),
            snapshot.count(State.RUNNING),
            snapshot.countLost(),
            pruned == 0 ? "" : "%s pruned, ".formatted(pruned),
            snapshot.count(State.WAITING));
  }

  private static String bar(double share) {
    int filled = (int) (share * BAR_WIDTH);
    return "█".repeat(filled)
        + "░".repeat(BAR_WIDTH - filled)
        + String.format(Locale.ROOT, " %3d %%", (int) (share * 100));
  }

  private static List<String> row(Running job) {
    List<String> row = new ArrayList<>();
    row.add(shortened(job.title()));
    row.addAll(columns(job.progress()));
    return row;
  }

  /** The most important first, since a narrow terminal cuts the others. */
  private static List<String> columns(Optional<Progress> progress) {
    if (progress.isEmpty()) {
      return List.of("starting", "", "", "", "");
    }
    Progress known = progress.get();
    return List.of(
        "%s %s/%s".formatted(known.phase(), known.round(), known.rounds()),
        left(known.secondsLeft()),
        known.loss() == null ? "" : String.format(Locale.ROOT, "loss %.3f", known.loss()),
        known.validation().isEmpty() ? "" : "validation " + percent(known) + " %",
        String.format(Locale.ROOT, "%,.0f images/s", known.imagesPerSecond()));
  }

  /** In the order of the tables' columns: fine, coarse. */
  private static String percent(Progress progress) {
    return progress.validation().values().stream()
        .map(accuracy -> String.format(Locale.ROOT, "%.1f", 100 * accuracy))
        .collect(Collectors.joining(" / "));
  }

  private static List<String> aligned(List<List<String>> rows) {
    List<StringBuilder> lines = rows.stream().map(row -> new StringBuilder()).toList();
    for (int column = 0; !rows.isEmpty() && column < rows.get(0).size(); column++) {
      int of = column;
      int width = rows.stream().mapToInt(row -> row.get(of).length()).max().orElseThrow();
      for (int i = 0; i < rows.size() && width > 0; i++) {
        String cell = rows.get(i).get(column);
        lines.get(i).append("  ").append(cell).append(" ".repeat(width - cell.length()));
      }
    }
    return lines.stream().map(line -> line.toString().stripTrailing()).toList();
  }

  /** Cut in the middle, since the seed at its end distinguishes most jobs. */
  private static String shortened(String title) {
    if (title.length() <= MAX_TITLE_LENGTH) {
      return title;
    }
    String end =
        "…"
            + title.substring(
                Math.max(title.lastIndexOf(", "), title.length() - MAX_TITLE_LENGTH / 2));
    return title.substring(0, MAX_TITLE_LENGTH - end.length()) + end;
  }

  private static String clock(Optional<Duration> elapsed) {
    return elapsed.map(time -> "[" + exactly(time.toSeconds()) + "] ").orElse("");
  }

  private static String left(OptionalDouble seconds) {
    return seconds.isEmpty() ? "" : roughly(Math.round(seconds.getAsDouble())) + " left";
  }

  private static String exactly(long seconds) {
    return seconds < 60 || seconds >= 3600
        ? roughly(seconds)
        : String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60);
  }

  private static String roughly(long seconds) {
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return seconds / 60 + " min";
    }
    long hours = seconds / 3600;
    return hours < 100
        ? String.format(Locale.ROOT, "%d h %02d min", hours, seconds % 3600 / 60)
        : "%s days".formatted(hours / 24);
  }
}
