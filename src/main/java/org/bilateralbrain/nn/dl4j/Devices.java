package org.bilateralbrain.nn.dl4j;

import java.util.Optional;
import java.util.OptionalInt;
import org.bilateralbrain.nn.Engine.UnsuitableBuildException;
import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner.ExecutionerType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/** What this process can compute on, as ND4J's backend sees it. */
record Devices(ExecutionerType type, NativeOps operations, AffinityManager affinity) {

  /**
   * ND4J's CUDA library holds machine code for compute capabilities 3.7 to 8.6 and none that a
   * newer card could translate.
   */
  private static final int FIRST_MAJOR_NOT_SERVED = 9;

  /** Loads the backend. */
  static Devices ofThisProcess() {
    return new Devices(
        Nd4j.getExecutioner().type(),
        NativeOpsHolder.getInstance().getDeviceNativeOps(),
        Nd4j.getAffinityManager());
  }

  boolean areGpus() {
    return type == ExecutionerType.CUDA;
  }

  /** The GPU that the calling thread computes on. */
  Optional<String> nameOfCurrent() {
    return areGpus()
        ? Optional.of(operations.getDeviceName(affinity.getDeviceForCurrentThread()))
        : Optional.empty();
  }

  /** Has the calling thread allocate and compute on a GPU from now on. */
  void bind(String address) {
    if (!areGpus()) {
      throw new UnsuitableBuildException(
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
    if (gpu >= operations.getAvailableDevices()) {
      throw new IllegalStateException(
          "Spark gave the task GPU %s, but CUDA finds %s on this machine"
              .formatted(gpu, operations.getAvailableDevices()));
    }
    if (operations.getDeviceMajor(gpu) >= FIRST_MAJOR_NOT_SERVED) {
      throw new IllegalStateException(
          ("GPU %s (%s) has compute capability %s.%s, but ND4J's CUDA library serves 3.7 to 8.9 (P100, V100, T4, A100,"
                  + " A10, RTX 20/30/40): use other machines, or a build for CPUs")
              .formatted(
                  gpu,
                  operations.getDeviceName(gpu),
                  operations.getDeviceMajor(gpu),
                  operations.getDeviceMinor(gpu)));
    }
    affinity.unsafeSetDevice(gpu);
  }

  private static OptionalInt number(String address) {
    return address.matches("[0-9]{1,4}")
        ? OptionalInt.of(Integer.parseInt(address))
        : OptionalInt.empty();
  }
}
