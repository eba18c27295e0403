package org.bilateralbrain.spark;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.bilateralbrain.nn.Engine;
import org.bilateralbrain.nn.Engine.Gpu;
import org.bilateralbrain.nn.Engine.UnsuitableBuildException;
import org.bilateralbrain.train.Machine;
import org.bilateralbrain.train.PermanentFailureException;

/** Makes a task use exactly the resources that Spark assigned to it, and sets executors' locale. */
final class TaskResources {

  /** Spark's id of the executor in the driver's JVM, in local mode. */
  static final String IN_DRIVER = "driver";

  private static final String GPU = "gpu";

  private TaskResources() {}

  /**
   * To be called by a task before it creates its first network.
   *
   * @param requireGpu whether a task without a GPU fails instead of running on the CPU
   */
  static void use(TaskContext task, Engine engine, boolean requireGpu) {
    useRootLocale();
    double gpuShare =
        Math.min(1, SparkEnv.get().conf().getDouble("spark.task.resource.gpu.amount", 1));
    bind(task.resourcesJMap(), gpuShare, task.cpus(), engine, requireGpu);
  }

  /**
   * Binds the calling thread to the task's GPU or the CPU.
   *
   * @param resources assigned by Spark to the task
   * @param gpuShare the part of a GPU that Spark counts for a task, in (0, 1]
   * @param threads number of CPU threads
   * @throws PermanentFailureException if this build can't use GPUs, or a GPU is required but none
   *     assigned
   * @throws IllegalStateException if the assigned GPU can't be used; another machine's might
   */
  static void bind(
      Map<String, ResourceInformation> resources,
      double gpuShare,
      int threads,
      Engine engine,
      boolean requireGpu) {
    Optional<Gpu> gpu =
        Optional.ofNullable(resources.get(GPU))
            .filter(assigned -> assigned.addresses().length > 0)
            .map(assigned -> new Gpu(assigned.addresses()[0], gpuShare));
    if (gpu.isEmpty() && requireGpu) {
      throw new PermanentFailureException(
          "require-gpu is set, but Spark assigned no GPU to the task: set spark.task.resource.gpu.amount=1,"
              + " spark.executor.resource.gpu.amount and spark.executor.resource.gpu.discoveryScript"
              + " (the submit scripts do so with --gpus)");
    }
    try {
      engine.bind(gpu, threads);
    } catch (UnsuitableBuildException e) {
      throw new PermanentFailureException(String.valueOf(e.getMessage()));
    } catch (LinkageError e) {
      throw new IllegalStateException(
          ("the engine %s can't be used on %s because its native library can't be loaded (%s): it needs the jars of the"
                  + " build's folder engines/%s on the class path, a processor with AVX2, and space in the folder to which"
                  + " JavaCPP unpacks it")
              .formatted(engine.name(), Machine.hostName(), e, engine.name()));
    }
  }

  /**
   * An executor's JVM starts in its machine's locale, in which libraries may format numbers with
   * digits other than 0 to 9. In local mode the JVM is the driver's, which has set its locale, or a
   * test's.
   */
  private static void useRootLocale() {
    if (!SparkEnv.get().executorId().equals(IN_DRIVER)) {
      Locale.setDefault(Locale.ROOT);
    }
  }
}
