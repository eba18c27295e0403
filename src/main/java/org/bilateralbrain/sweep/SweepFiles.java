package org.bilateralbrain.sweep;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.bilateralbrain.config.SweepConfig;
import org.bilateralbrain.grid.GridPoint;
import org.bilateralbrain.grid.Job;
import org.bilateralbrain.grid.SweepPlan;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.Head;
import org.bilateralbrain.report.AccuracyTable;
import org.bilateralbrain.report.SweepResults;
import org.bilateralbrain.report.TrialsTable;
import org.bilateralbrain.store.Json;
import org.bilateralbrain.store.RunFile;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;
import org.bilateralbrain.store.SweepStatusFile;

/** Reads and writes the files of a sweep's folder in the store. */
final class SweepFiles {

  private final Store store;
  private final SweepConfig config;
  private final SweepPlanFile plan;

  SweepFiles(SweepSetup setup) {
    store = setup.store();
    config = setup.config();
    plan = setup.planFile();
  }

  void writePlan() throws IOException {
    write(RunFile.CONFIGURATION, headline(plan) + config.resolved());
    store.writeSweepFile(config.name(), SweepPlanFile.FILE_NAME, Json.encode(plan));
  }

  private static String headline(SweepPlanFile plan) {
    return "# plan %s%n".formatted(plan.plan());
  }

  /**
   * The configuration stored in a sweep's folder; the empty string if it belongs to another plan.
   */
  static String configuration(Store store, String sweep, SweepPlanFile plan) throws IOException {
    return store
        .readSweepFile(sweep, RunFile.CONFIGURATION)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .filter(text -> text.startsWith(headline(plan)))
        .orElse("");
  }

  /** The plan in the form of its file. */
  static SweepPlanFile file(SweepPlan plan, SweepPlanFile.Data data) {
    List<SweepPlanFile.GridPoint> points = plan.points().stream().map(SweepFiles::point).toList();
    List<SweepPlanFile.Job> jobs =
        plan.jobs().stream().map(job -> job(job, plan.title(job))).toList();
    return SweepPlanFile.of(data, points, jobs);
  }

  void writeRun(RunFile run) throws IOException {
    store.writeSweepFile(config.name(), RunFile.FILE_NAME, Json.encode(run));
  }

  void writeStatus(SweepStatusFile status) throws IOException {
    store.writeSweepFile(config.name(), SweepStatusFile.FILE_NAME, Json.encode(status));
  }

  SweepResults results() throws IOException {
    return SweepResults.read(store, config.name(), plan);
  }

  /** Writes results and tables; returns the tables. */
  String writeResults(SweepResults results) throws IOException {
    String table = AccuracyTable.of(plan.plan(), results.rows());
    write(SweepResults.FILE_NAME, results.csv(config.name(), plan.plan()));
    write(AccuracyTable.FILE_NAME, table);
    TrialsTable trials = TrialsTable.of(results.rows(), config.grid().tuning().trials());
    if (trials.isEmpty()) {
      return table;
    }
    write(TrialsTable.FILE_NAME, trials.csv(plan.plan()));
    return table + "\n" + trials.markdown();
  }

  private void write(String file, String text) throws IOException {
    store.writeSweepFile(config.name(), file, text.getBytes(StandardCharsets.UTF_8));
  }

  private static SweepPlanFile.GridPoint point(GridPoint point) {
    return new SweepPlanFile.GridPoint(
        point.model(),
        point.variant(),
        point.left().map(Backbone::label).orElse(""),
        point.right().map(Backbone::label).orElse(""),
        point.seed(),
        point.seedRight(),
        point.heads().stream().map(Head::label).toList(),
        point.job().kind(),
        point.job().id(),
        point.parts().stream().map(Job::id).toList());
  }

  private static SweepPlanFile.Job job(Job job, String title) {
    return new SweepPlanFile.Job(
        job.kind(), job.id(), title, job.specification().series(), job.work());
  }
}
