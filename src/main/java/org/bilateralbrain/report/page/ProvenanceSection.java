package org.bilateralbrain.report.page;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.bilateralbrain.report.Html;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Concurrently;
import org.bilateralbrain.store.DamagedArtifactException;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Provenance;
import org.bilateralbrain.store.RunFile;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;

/**
 * By which program, where and at what cost a sweep's artifacts were made.
 *
 * @param run the latest one
 * @param jobs of the plan, by kind
 * @param done the jobs that have an artifact, likewise
 * @param machines host and processor or GPU
 */
record ProvenanceSection(
    Optional<RunFile> run,
    Map<String, Integer> jobs,
    Map<String, Integer> done,
    Set<String> programs,
    Set<String> machines,
    double coreHours,
    double gpuHours) {

  private static final int MAX_MACHINES = 8;

  /**
   * @param found what the store has under the keys of the plan's jobs
   */
  static ProvenanceSection read(
      Store store, String sweep, SweepPlanFile plan, Map<ArtifactKey, Lookup> found)
      throws IOException {
    Optional<RunFile> run =
        store
            .readSweepFile(sweep, RunFile.FILE_NAME, RunFile.class)
            .filter(file -> file.plan().equals(plan.plan()));
    Map<String, Integer> jobs = new TreeMap<>();
    Map<String, Integer> done = new TreeMap<>();
    Set<String> programs = new TreeSet<>();
    Set<String> machines = new TreeSet<>();
    double coreHours = 0;
    double gpuHours = 0;
    List<Optional<Provenance>> all =
        Concurrently.each(
            plan.jobs(), job -> provenance(Objects.requireNonNull(found.get(job.artifact()))));
    for (int i = 0; i < all.size(); i++) {
      String kind = plan.jobs().get(i).kind();
      jobs.merge(kind, 1, Integer::sum);
      done.merge(kind, all.get(i).isPresent() ? 1 : 0, Integer::sum);
      if (all.get(i).isPresent()) {
        Provenance of = all.get(i).get();
        programs.add(of.program());
        machines.add(
            "%s (%s, Java %s)"
                .formatted(of.host(), of.gpu() == null ? of.processor() : of.gpu(), of.java()));
        coreHours += of.gpu() == null ? of.hours() : 0;
        gpuHours += of.gpu() == null ? 0 : of.hours();
      }
    }
    return new ProvenanceSection(run, jobs, done, programs, machines, coreHours, gpuHours);
  }

  /** Empty unless there is an artifact that isn't damaged. */
  private static Optional<Provenance> provenance(Lookup lookup) throws IOException {
    if (!(lookup instanceof Lookup.Present present)) {
      return Optional.empty();
    }
    try {
      return Optional.of(present.artifact().read(Provenance.FILE_NAME, Provenance.class));
    } catch (DamagedArtifactException e) {
      return Optional.empty();
    }
  }

  /**
   * @param version of the program that writes the page
   */
  String html(Store store, String version) {
    StringBuilder list = new StringBuilder("<dl>\n");
    run.ifPresent(latest -> addRun(latest, list));
    add(
        list,
        "Plan",
        jobs.entrySet().stream()
            .map(
                entry ->
                    "%s: %s of %s"
                        .formatted(
                            entry.getKey(), done.getOrDefault(entry.getKey(), 0), entry.getValue()))
            .collect(Collectors.joining(", ", "jobs done: ", "")));
    add(list, "Cost", cost() + ", as recorded in the artifacts");
    add(list, "Trained by", String.join("; ", programs));
    add(list, "Machines", listed(machines));
    add(list, "Store", store.root());
    add(list, "Page by", version);
    return list.append("</dl>\n").toString();
  }

  private static void addRun(RunFile run, StringBuilder list) {
    add(
        list,
        "Last run",
        run.finished() == null
            ? "started %s, not finished".formatted(run.started())
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

  String cost() {
    List<String> costs = new ArrayList<>();
    if (gpuHours > 0) {
      costs.add(String.format(Locale.ROOT, "%.2f GPU-hours", gpuHours));
    }
    if (coreHours > 0 || costs.isEmpty()) {
      costs.add(String.format(Locale.ROOT, "%.2f core-hours", coreHours));
    }
    return String.join(", ", costs);
  }

  private static String listed(Set<String> machines) {
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
