package org.bilateralbrain.report.page;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bilateralbrain.report.Group;
import org.bilateralbrain.store.SweepPlanFile;

/** What to call jobs that differ in their seeds alone. */
record SeriesNames(SweepPlanFile plan) {

  private static final String SEEDS = ", seeds? [-0-9+ ]+";

  /**
   * By the jobs' ids: the line of the table that shows the network; the first one, if several do.
   * Networks that no line shows are called by what was trained, with a number where such titles
   * don't tell everything.
   */
  Map<String, String> byJob() {
    boolean withBackbone =
        plan.cells().stream().map(cell -> Group.of(cell).backbone()).distinct().count() > 1;
    Map<String, String> names = new HashMap<>();
    for (SweepPlanFile.GridPoint cell : plan.cells()) {
      names.putIfAbsent(cell.id(), Group.of(cell).name(withBackbone));
    }
    Map<String, Map<String, String>> series = new HashMap<>();
    for (SweepPlanFile.Job job : plan.jobs()) {
      String title = job.title().replaceAll(SEEDS, "");
      Map<String, String> ofTitle = series.computeIfAbsent(title, any -> new LinkedHashMap<>());
      String number = ofTitle.isEmpty() ? "" : " (%s)".formatted(ofTitle.size() + 1);
      names.putIfAbsent(
          job.id(), ofTitle.computeIfAbsent(String.valueOf(job.series()), any -> title + number));
    }
    return names;
  }
}
