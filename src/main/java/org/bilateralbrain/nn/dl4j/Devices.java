package org.bilateralbrain.nn.dl4j;

import java.util.Optional;
import java.util.OptionalInt;
import org.bilateralbrain.nn.CudaLibraries;
import org.bilateralbrain.nn.Engine.UnsuitableBuildException;
import org.bytedeco.javacpp.Loader;
import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner.ExecutionerType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/** The devices of this process, as ND4J's backend sees them. */
record Devices(ExecutionerType type, NativeOps operations, AffinityManager affinity) {

  /**
   * ND4J's CUDA library contains machine code for compute capabilities 3.7 to 8.6, which 8.9 also
   * runs, and no PTX that newer GPUs could compile.
   */
  private static final int FIRST_UNSUPPORTED_MAJOR = 9;

  private static final String CUDA_CODE = "org.nd4j.linalg.jcublas.bindings.Nd4jCuda";

  /**
   * Loads ND4J's code for GPUs if this build has it. To be called before anything else of ND4J,
   * which prints a page where NVIDIA's libraries are missing, and doesn't name them.
   *
   * @throws IllegalStateException if they are missing
   */
  static void requireCudaLibraries() {
    try {
      Loader.load(Class.forName(CUDA_CODE, false, Devices.class.getClassLoader()));
    } catch (ClassNotFoundException e) {
      // a build for CPUs
    } catch (LinkageError e) {
      throw CudaLibraries.missing(e, "CUDA 11.6 and cuDNN 8");
    }
  }

  /** Loads ND4J's backend. */
  static Devices ofThisProcess() {
    return new Devices(
        Nd4j.getExecutioner().type(),
        NativeOpsHolder.getInstance().getDeviceNativeOps(),
        Nd4j.getAffinityManager());
  }

  boolean areGpus() {
    return type == ExecutionerType.CUDA;
  }

  /** Name of the GPU that the calling thread computes on; empty if it computes on the CPU. */
  Optional<String> nameOfCurrent() {
    return areGpus()
        ? Optional.of(operations.getDeviceName(affinity.getDeviceForCurrentThread()))
        : Optional.empty();
  }

  /**
   * Makes the calling thread allocate and compute on a GPU from now on.
   *
   * @param address the GPU's number, as in nvidia-smi's list
   * @throws UnsuitableBuildException if this build is for CPUs
   * @throws IllegalStateException if the address is no GPU of this machine, or the GPU is too new
   */
  void bind(String address) {
    if (!areGpus()) {
      throw new UnsuitableBuildException(
          "Spark assigned GPU %s to the task, but this program was built for CPUs: build it with mvn -Pcuda package"
              .formatted(address));
    }
    int gpu =
        number(address)
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "the GPU address '%s' is not one of nvidia-smi's numbers"
                            .formatted(address)));
    if (gpu >= operations.getAvailableDevices()) {
      throw new IllegalStateException(
          "Spark assigned GPU %s to the task, but CUDA finds %s on this machine"
              .formatted(gpu, operations.getAvailableDevices()));
    }
    if (operations.getDeviceMajor(gpu) >= FIRST_UNSUPPORTED_MAJOR) {
      throw new IllegalStateException(
          ("GPU %s (%s) has compute capability %s.%s, but ND4J's CUDA library supports 3.7 to 8.9 (P100, V100, T4, A100,"
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
