package org.bilateralbrain.tensorboard;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.bilateralbrain.store.Artifact;
import org.bilateralbrain.store.Concurrently;
import org.bilateralbrain.store.DamagedArtifact;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.SweepPlanFile;

/**
 * A sweep's event files, gathered from its artifacts into one folder.
 *
 * @param names of the runs that were copied, in the plan's order
 * @param missing the titles of the other jobs that train something, each with the reason
 */
public record GatheredRuns(List<String> names, List<String> missing) {

  /** What every training leaves, and nothing else. */
  private static final String HISTORY = "history.csv";

  /**
   * Copies each run's event file into a folder of its own. It may be done again while the sweep goes on: what is there
   * is replaced.
   *
   * @param target the folder of all runs, made if need be
   */
  public static GatheredRuns gather(SweepPlanFile plan, Store store, FileSystem fileSystem, Path target)
      throws IOException {
    GatheredRuns gathered = new GatheredRuns(new ArrayList<>(), new ArrayList<>());
    List<SweepPlanFile.Job> jobs = plan.jobs().stream().filter(SweepPlanFile.Job::mayTrain).toList();
    List<Optional<Artifact>> artifacts = Concurrently.each(jobs, job -> store.find(job.artifact()));
    for (int i = 0; i < jobs.size(); i++) {
      gathered.add(jobs.get(i), artifacts.get(i), fileSystem, target);
    }
    return gathered;
  }

  private void add(SweepPlanFile.Job job, Optional<Artifact> artifact, FileSystem fileSystem, Path target)
      throws IOException {
    if (artifact.isEmpty()) {
      missing.add(job.title() + ": not done yet");
      return;
    }
    Optional<String> file = artifact.get().files().stream().filter(EventFile::isName).findFirst();
    try {
      if (file.isPresent()) {
        write(artifact.get().read(file.get()), fileSystem, new Path(new Path(target, RunName.of(job)), file.get()));
        names.add(RunName.of(job));
      } else if (artifact.get().has(HISTORY)) {
        missing.add(job.title() + ": trained by a version that wrote no event files");
      }
    } catch (DamagedArtifact e) {
      missing.add(job.title() + ": " + e.getMessage());
    }
  }

  private static void write(byte[] content, FileSystem fileSystem, Path file) throws IOException {
    fileSystem.mkdirs(file.getParent());
    for (FileStatus old : fileSystem.listStatus(file.getParent())) {
      String name = old.getPath().getName();
      if (EventFile.isName(name) && !name.equals(file.getName())) {
        fileSystem.delete(old.getPath(), false); // the job was trained again; TensorBoard would show both as one run
      }
    }
    try (OutputStream out = fileSystem.create(file, true)) {
      out.write(content);
    }
  }
}
