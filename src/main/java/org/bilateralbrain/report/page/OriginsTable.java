package org.bilateralbrain.report.page;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.bilateralbrain.report.Html;
import org.bilateralbrain.store.RunFile;
import org.bilateralbrain.store.Store;

/** What was run, by what, where, and what it cost. */
final class OriginsTable {

  private static final int MAX_MACHINES = 8;

  private OriginsTable() {}

  /**
   * @param version of the program that writes the page
   */
  static String html(Store store, Origins origins, String version) {
    StringBuilder list = new StringBuilder("<dl>\n");
    origins.run().ifPresent(run -> run(run, list));
    add(
        list,
        "Plan",
        origins.jobs().entrySet().stream()
            .map(
                entry ->
                    "%s: %s of %s"
                        .formatted(
                            entry.getKey(),
                            origins.done().getOrDefault(entry.getKey(), 0),
                            entry.getValue()))
            .collect(Collectors.joining(", ", "jobs done: ", "")));
    add(list, "Cost", cost(origins) + ", as far as the artifacts tell");
    add(list, "Trained by", String.join("; ", origins.programs()));
    add(list, "Machines", machines(List.copyOf(origins.machines())));
    add(list, "Store", store.root().toString());
    add(list, "Page by", version);
    return list.append("</dl>\n").toString();
  }

  private static void run(RunFile run, StringBuilder list) {
    add(
        list,
        "Last run",
        run.finished() == null
            ? "started %s, has not come to its end".formatted(run.started())
            : "started %s, took %s".formatted(run.started(), duration(run)));
    add(
        list,
        "Run by",
        "%s, on %s, driver on %s".formatted(run.program(), run.spark(), run.host()));
    add(list, "Data", "%s, digest %s".formatted(run.data(), run.dataDigest()));
  }

  private static String duration(RunFile run) {
    long seconds =
        Duration.between(Instant.parse(run.started()), Instant.parse(run.finished())).toSeconds();
    return String.format(
        Locale.ROOT, "%d h %02d min %02d s", seconds / 3600, seconds % 3600 / 60, seconds % 60);
  }

  static String cost(Origins origins) {
    List<String> costs = new ArrayList<>();
    if (origins.gpuHours() > 0) {
      costs.add(String.format(Locale.ROOT, "%.2f GPU-hours", origins.gpuHours()));
    }
    if (origins.coreHours() > 0 || costs.isEmpty()) {
      costs.add(String.format(Locale.ROOT, "%.2f core-hours", origins.coreHours()));
    }
    return String.join(", ", costs);
  }

  private static String machines(List<String> machines) {
    String shown = machines.stream().limit(MAX_MACHINES).collect(Collectors.joining("; "));
    return machines.size() <= MAX_MACHINES
        ? shown
        : "%s and %s more".formatted(shown, machines.size() - MAX_MACHINES);
  }

  private static void add(StringBuilder list, String term, String description) {
    if (!description.isEmpty()) {
      list.append("<dt>%s</dt><dd>%s</dd>%n".formatted(term, Html.escaped(description)));
    }
  }
}
