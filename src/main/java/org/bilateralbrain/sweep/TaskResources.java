package org.bilateralbrain.sweep;

import java.util.Locale;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.bilateralbrain.nn.layers.NativeThreads;

/** Has a task use what Spark gave it, no more and nothing else, and the same locale everywhere. */
final class TaskResources {

  /** What Spark calls the executor that shares the driver's JVM, in local mode. */
  private static final String IN_DRIVER = "driver";

  private TaskResources() {}

  /**
   * To be called by a task before its first array.
   *
   * @param requireGpu whether running on the CPU would be a mistake
   */
  static void use(TaskContext task, boolean requireGpu) {
    useRootLocale();
    GpuBinding.bind(task.resourcesJMap(), requireGpu, Devices::ofThisProcess);
    NativeThreads.use(task.cpus());
  }

  /**
   * An executor's JVM starts in its machine's locale, in which libraries would format numbers,
   * perhaps with other digits than 0 to 9. In local mode the JVM is the driver's, which has set its
   * locale itself, or a test's.
   */
  private static void useRootLocale() {
    if (!SparkEnv.get().executorId().equals(IN_DRIVER)) {
      Locale.setDefault(Locale.ROOT);
    }
  }
}
