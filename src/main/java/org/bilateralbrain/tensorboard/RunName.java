package org.bilateralbrain.tensorboard;

import java.util.Locale;
import org.bilateralbrain.store.SweepPlanFile;

/** What a run is called in TensorBoard's list, which is the name of its folder. */
final class RunName {

  /**
   * Of the job's id, enough to tell jobs of one title apart: two variants may differ in what the
   * title doesn't say.
   */
  private static final int ID_LENGTH = 8;

  private RunName() {}

  static String of(SweepPlanFile.Job job) {
    String words = job.title().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._-]+", "-");
    return words + "-" + job.id().substring(0, Math.min(ID_LENGTH, job.id().length()));
  }
}
