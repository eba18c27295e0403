package org.bilateralbrain.nn.torch;

import java.util.Set;
import org.bilateralbrain.nn.CudaLibraries;
import org.bilateralbrain.nn.Engine.Gpu;
import org.bilateralbrain.nn.Engine.UnsuitableBuildException;
import org.bilateralbrain.nn.Precision;

/** The GPUs that libtorch finds on this machine. */
interface Cards {

  /** Whether this build of libtorch is for GPUs. */
  boolean areSupported();

  /**
   * Loads what uses them. Without it, a build for GPUs finds none and computes on the CPU.
   *
   * @throws LinkageError if NVIDIA's libraries are missing
   */
  void load();

  int count();

  Card card(int number);

  /** Makes the calling thread compute on a card, in a queue of its own. */
  void use(int number);

  /**
   * @param major of the compute capability
   * @param minor of the compute capability
   * @param bytes of memory
   */
  record Card(String name, int major, int minor, long bytes) {

    /**
     * libtorch's CUDA library holds machine code for 7.5, 8.0, 9.0, 10.0, 10.3, 12.0 and 12.1, each
     * of which later cards of the same major version also run, and no PTX for others.
     */
    private static final Set<Integer> MAJORS = Set.of(7, 8, 9, 10, 12);

    private static final int FIRST_CAPABILITY = 75;

    private static final int FIRST_BFLOAT16_CAPABILITY = 80;

    private int capability() {
      return 10 * major + minor;
    }

    private void requireMachineCode(int number) {
      if (!MAJORS.contains(major) || capability() < FIRST_CAPABILITY) {
        throw new IllegalStateException(
            "GPU %s (%s) has compute capability %s.%s, but libtorch's CUDA library supports 7.5 to 10.x and 12.x"
                .formatted(number, name, major, minor));
      }
    }

    private void require(int least, int number, String what) {
      if (capability() < least) {
        throw new IllegalStateException(
            "GPU %s (%s) has compute capability %s.%s, but %s %s.%s or above"
                .formatted(number, name, major, minor, what, least / 10, least % 10));
      }
    }
  }

  /**
   * Makes the calling thread compute on an assigned card.
   *
   * @return the card's number
   * @throws UnsuitableBuildException if this build can't use GPUs
   * @throws IllegalStateException if this machine has no GPUs, or the card can't be used
   */
  default int bind(Gpu gpu, Precision precision) {
    if (!areSupported()) {
      throw new UnsuitableBuildException(
          "Spark assigned GPU %s to the task, but this program was built for CPUs: build it with mvn -Ptorch-cuda package"
              .formatted(gpu.address()));
    }
    try {
      load();
    } catch (LinkageError e) {
      throw CudaLibraries.missing(e, "CUDA 13, cuDNN 9 and NCCL 2 (or a build with -Dcuda.redist)");
    }
    if (!gpu.address().matches("[0-9]{1,4}")) {
      throw new IllegalStateException(
          "the GPU address '%s' is not one of nvidia-smi's numbers".formatted(gpu.address()));
    }
    int number = Integer.parseInt(gpu.address());
    if (number >= count()) {
      throw new IllegalStateException(
          "Spark assigned GPU %s to the task, but CUDA finds %s on this machine: is the driver new enough for CUDA 13, and the card visible?"
              .formatted(number, count()));
    }
    Card card = card(number);
    card.requireMachineCode(number);
    if (precision != Precision.FLOAT32) {
      card.require(
          Card.FIRST_BFLOAT16_CAPABILITY, number, "the precision " + precision.label() + " needs");
    }
    use(number);
    return number;
  }
}
