package org.bilateralbrain.sweep;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.apache.spark.resource.ResourceInformation;
import org.bilateralbrain.train.PermanentFailureException;

/** Has a task compute on the GPU that Spark gave it, and on nothing else. */
final class GpuBinding {

  private static final String GPU = "gpu";

  /**
   * ND4J's CUDA library holds machine code for compute capabilities 3.7 to 8.6 and none that a
   * newer card could translate.
   */
  private static final int FIRST_MAJOR_NOT_SERVED = 9;

  private GpuBinding() {}

  /**
   * Binds the calling thread. To be called before the task's first array.
   *
   * @param resources what Spark gave the task
   * @param required whether running on the CPU would be a mistake
   * @throws PermanentFailureException if this program can't use GPUs, or needs one and was given
   *     none: wherever the task runs
   * @throws IllegalStateException if the GPU can't be used; on another machine it may be another
   *     one
   */
  static void bind(
      Map<String, ResourceInformation> resources, boolean required, Supplier<Devices> devices) {
    Optional<String> address =
        Optional.ofNullable(resources.get(GPU))
            .filter(gpu -> gpu.addresses().length > 0)
            .map(gpu -> gpu.addresses()[0]);
    if (address.isPresent()) {
      use(address.get(), devices.get());
    } else if (required) {
      throw new PermanentFailureException(
          "require-gpu is set, but Spark gave the task no GPU: set spark.task.resource.gpu.amount=1,"
              + " spark.executor.resource.gpu.amount and spark.executor.resource.gpu.discoveryScript"
              + " (the submit scripts do, with --gpus)");
    }
  }

  private static void use(String address, Devices devices) {
    if (!devices.areGpus()) {
      throw new PermanentFailureException(
          "Spark gave the task GPU %s, but this program was built for CPUs: build it with mvn -Pcuda package"
              .formatted(address));
    }
    int gpu =
        number(address)
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "the GPU address '%s' is not a number as nvidia-smi counts"
                            .formatted(address)));
    if (gpu >= devices.count()) {
      throw new IllegalStateException(
          "Spark gave the task GPU %s, but CUDA finds %s on this machine"
              .formatted(gpu, devices.count()));
    }
    if (devices.computeCapabilityMajor(gpu) >= FIRST_MAJOR_NOT_SERVED) {
      throw new IllegalStateException(
          ("GPU %s (%s) has compute capability %s.%s, but ND4J's CUDA library serves 3.7 to 8.9 (P100, V100, T4, A100,"
                  + " A10, RTX 20/30/40): use other machines, or a build for CPUs")
              .formatted(
                  gpu,
                  devices.name(gpu),
                  devices.computeCapabilityMajor(gpu),
                  devices.computeCapabilityMinor(gpu)));
    }
    devices.use(gpu);
  }

  private static OptionalInt number(String address) {
    return address.matches("[0-9]{1,4}")
        ? OptionalInt.of(Integer.parseInt(address))
        : OptionalInt.empty();
  }
}
