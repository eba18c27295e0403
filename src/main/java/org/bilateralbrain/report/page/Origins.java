package org.bilateralbrain.report.page;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.Concurrently;
import org.bilateralbrain.store.DamagedArtifactException;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Provenance;
import org.bilateralbrain.store.RunFile;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;

/**
 * By what, where and at what cost a sweep's artifacts were made.
 *
 * @param run the latest one
 * @param jobs of the plan, by kind
 * @param done of these, those with an artifact
 * @param machines host and what it computes on
 */
record Origins(
    Optional<RunFile> run,
    Map<String, Integer> jobs,
    Map<String, Integer> done,
    Set<String> programs,
    Set<String> machines,
    double coreHours,
    double gpuHours) {

  /**
   * @param found what the store has under the keys of the plan's jobs
   */
  static Origins read(Store store, String sweep, SweepPlanFile plan, Map<ArtifactKey, Lookup> found)
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
    List<Made> all = Concurrently.each(plan.jobs(), job -> made(found.get(job.artifact())));
    for (int i = 0; i < all.size(); i++) {
      String kind = plan.jobs().get(i).kind();
      jobs.merge(kind, 1, Integer::sum);
      done.merge(kind, all.get(i).isThere() ? 1 : 0, Integer::sum);
      if (all.get(i).how().isPresent()) {
        Provenance of = all.get(i).how().get();
        programs.add(of.program());
        machines.add(
            "%s (%s, Java %s)"
                .formatted(of.host(), of.gpu() == null ? of.processor() : of.gpu(), of.java()));
        coreHours += of.gpu() == null ? of.hours() : 0;
        gpuHours += of.gpu() == null ? 0 : of.hours();
      }
    }
    return new Origins(run, jobs, done, programs, machines, coreHours, gpuHours);
  }

  /** Of one job. */
  private record Made(boolean isThere, Optional<Provenance> how) {}

  private static Made made(Lookup lookup) throws IOException {
    if (!(lookup instanceof Lookup.Present present)) {
      return new Made(false, Optional.empty());
    }
    try {
      return new Made(
          true, Optional.of(present.artifact().read(Provenance.FILE_NAME, Provenance.class)));
    } catch (DamagedArtifactException e) {
      return new Made(false, Optional.empty());
    }
  }
}
