package org.bilateralbrain.tensorboard;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.ArtifactKey;
import org.bilateralbrain.store.DamagedArtifactException;
import org.bilateralbrain.store.Lookup;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;
import org.bilateralbrain.store.WholeFile;

/**
 * A sweep's event files, gathered from its artifacts into one folder.
 *
 * @param names of the runs that were copied, in the plan's order
 * @param missing the titles of the other jobs that train something, each with the reason
 */
public record GatheredRuns(List<String> names, List<String> missing) {

  /** Whether anything that the plan trains is in the store. */
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
   * Copies each run's event file into a folder of its own. It may be done again while the sweep
   * goes on: what is there is replaced.
   *
   * @param target the folder of all runs, made if need be
   */
  public static GatheredRuns gather(
      SweepPlanFile plan, Store store, FileSystem fileSystem, Path target) throws IOException {
    GatheredRuns gathered = new GatheredRuns(new ArrayList<>(), new ArrayList<>());
    List<SweepPlanFile.Job> jobs =
        plan.jobs().stream().filter(SweepPlanFile.Job::mayTrain).toList();
    Map<ArtifactKey, Lookup> found =
        store.lookup(jobs.stream().map(SweepPlanFile.Job::artifact).toList());
    for (SweepPlanFile.Job job : jobs) {
      gathered.add(job, found.get(job.artifact()), fileSystem, target);
    }
    return gathered;
  }

  private void add(SweepPlanFile.Job job, Lookup lookup, FileSystem fileSystem, Path target)
      throws IOException {
    if (!(lookup instanceof Lookup.Present present)) {
      missing.add(
          job.title()
              + (lookup instanceof Lookup.Damaged damaged
                  ? ": damaged: " + damaged.reason()
                  : ": not done yet"));
      return;
    }
    Artifact artifact = present.artifact();
    Optional<String> file = artifact.files().stream().filter(EventFile::isName).findFirst();
    try {
      if (file.isPresent()) {
        write(
            artifact.read(file.get()),
            fileSystem,
            new Path(new Path(target, RunName.of(job)), file.get()));
        names.add(RunName.of(job));
      }
    } catch (DamagedArtifactException e) {
      missing.add(job.title() + ": " + e.getMessage());
    }
  }

  private static void write(byte[] content, FileSystem fileSystem, Path file) throws IOException {
    fileSystem.mkdirs(file.getParent());
    for (FileStatus old : fileSystem.listStatus(file.getParent())) {
      String name = old.getPath().getName();
      if (EventFile.isName(name) && !name.equals(file.getName())) {
        fileSystem.delete(
            old.getPath(),
            false); // the job was trained again; TensorBoard would show both as one run
      }
    }
    WholeFile.createOrOverwrite(fileSystem, file, out -> out.write(content));
  }
}
