package org.bilateralbrain.tensorboard;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.DamagedArtifactException;
import org.bilateralbrain.store.ExportFolder;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;

/**
 * A sweep's event files, gathered from its artifacts into one folder.
 *
 * @param names of the runs that were copied, in the order of the plan
 * @param missing titles of the jobs that train something but have no event file, with the reason
 */
public record GatheredRuns(List<String> names, List<String> missing) {

  /**
   * Characters of a job's id that distinguish jobs of the same title: two variants may differ in
   * something that the title doesn't say.
   */
  private static final int ID_LENGTH = 8;

  /** Whether the store has any of the networks that the plan trains. */
  public static boolean areThere(SweepPlanFile plan, Store store) throws IOException {
    return store
        .lookup(
            plan.jobs().stream()
                .filter(SweepPlanFile.Job::mayTrain)
                .map(SweepPlanFile.Job::artifact)
                .toList())
        .values()
        .stream()
        .anyMatch(Lookup.Present.class::isInstance);
  }

  /**
   * Copies each run's event file into a folder of its own. Can be repeated while the sweep runs:
   * older copies are replaced.
   *
   * @param target the folder of all runs, created if necessary
   */
  public static GatheredRuns gather(SweepPlanFile plan, Store store, ExportFolder target)
      throws IOException {
    GatheredRuns gathered = new GatheredRuns(new ArrayList<>(), new ArrayList<>());
    List<SweepPlanFile.Job> jobs =
        plan.jobs().stream().filter(SweepPlanFile.Job::mayTrain).toList();
    Map<ArtifactKey, Lookup> found =
        store.lookup(jobs.stream().map(SweepPlanFile.Job::artifact).toList());
    for (SweepPlanFile.Job job : jobs) {
      gathered.add(job, Objects.requireNonNull(found.get(job.artifact())), target);
    }
    return gathered;
  }

  private void add(SweepPlanFile.Job job, Lookup lookup, ExportFolder target) throws IOException {
    if (!(lookup instanceof Lookup.Present present)) {
      missing.add(
          job.title()
              + (lookup instanceof Lookup.Damaged damaged
                  ? ": damaged: " + damaged.reason()
                  : ": not done yet"));
      return;
    }
    Artifact artifact = present.artifact();
    Optional<String> file = artifact.files().stream().filter(EventWriter::isEventFile).findFirst();
    try {
      if (file.isPresent()) {
        write(artifact.read(file.get()), target, runName(job), file.get());
        names.add(runName(job));
      }
    } catch (DamagedArtifactException e) {
      missing.add(job.title() + ": " + e.getMessage());
    }
  }

  /** The name of the run's folder, under which TensorBoard lists it. */
  private static String runName(SweepPlanFile.Job job) {
    String words = job.title().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._-]+", "-");
    return words + "-" + job.id().substring(0, Math.min(ID_LENGTH, job.id().length()));
  }

  private static void write(byte[] content, ExportFolder target, String run, String file)
      throws IOException {
    for (String old : target.files(run)) {
      // of an earlier training of the job; TensorBoard would show both as one run
      if (EventWriter.isEventFile(old) && !old.equals(file)) {
        target.delete(run + "/" + old);
      }
    }
    target.createOrOverwrite(run + "/" + file, out -> out.write(content));
  }
}
