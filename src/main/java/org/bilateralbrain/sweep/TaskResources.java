package org.bilateralbrain.sweep;

import org.apache.spark.TaskContext;
import org.bilateralbrain.nn.layers.NativeThreads;

/** Has a task use what Spark gave it, no more and nothing else. */
final class TaskResources {

  private TaskResources() {}

  /**
   * To be called by a task before its first array.
   *
   * @param requireGpu whether running on the CPU would be a mistake
   */
  static void use(TaskContext task, boolean requireGpu) {
    GpuBinding.bind(task.resourcesJMap(), requireGpu, Devices::ofThisProcess);
    NativeThreads.use(task.cpus());
  }
}
