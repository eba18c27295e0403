package org.bilateralbrain.spark;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.bilateralbrain.nn.Engine;
import org.bilateralbrain.nn.Engine.UnsuitableBuildException;
import org.bilateralbrain.train.Machine;
import org.bilateralbrain.train.PermanentFailureException;

/** Has a task use what Spark gave it, no more and nothing else, and the same locale everywhere. */
final class TaskResources {

  /** What Spark calls the executor that shares the driver's JVM, in local mode. */
  private static final String IN_DRIVER = "driver";

  private static final String GPU = "gpu";

  private TaskResources() {}

  /**
   * To be called by a task before its first network.
   *
   * @param requireGpu whether running on the CPU would be a mistake
   */
  static void use(TaskContext task, Engine engine, boolean requireGpu) {
    useRootLocale();
    bind(task.resourcesJMap(), task.cpus(), engine, requireGpu);
  }

  /**
   * Binds the calling thread.
   *
   * @param resources what Spark gave the task
   * @throws PermanentFailureException if this program can't use GPUs, or needs one and was given
   *     none: wherever the task runs
   * @throws IllegalStateException if the GPU can't be used; on another machine it may be another
   *     one
   */
  static void bind(
      Map<String, ResourceInformation> resources, int threads, Engine engine, boolean requireGpu) {
    Optional<String> gpu =
        Optional.ofNullable(resources.get(GPU))
            .filter(given -> given.addresses().length > 0)
            .map(given -> given.addresses()[0]);
    if (gpu.isEmpty() && requireGpu) {
      throw new PermanentFailureException(
          "require-gpu is set, but Spark gave the task no GPU: set spark.task.resource.gpu.amount=1,"
              + " spark.executor.resource.gpu.amount and spark.executor.resource.gpu.discoveryScript"
              + " (the submit scripts do, with --gpus)");
    }
    try {
      engine.bind(gpu, threads);
    } catch (UnsuitableBuildException e) {
      throw new PermanentFailureException(String.valueOf(e.getMessage()));
    } catch (LinkageError e) {
      throw new IllegalStateException(
          "the engine %s can't be used on %s, its native library can't be loaded (%s): is it a 64-bit Linux on x86 with"
                  .formatted(engine.name(), Machine.hostName(), e)
              + " AVX2, and is there room in the folder that JavaCPP unpacks to?");
    }
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
