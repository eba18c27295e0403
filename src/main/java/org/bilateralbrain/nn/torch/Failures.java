package org.bilateralbrain.nn.torch;

import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Translates libtorch's exceptions, whose messages contain pages of its own stack. */
final class Failures {

  /** What libtorch, cuDNN and cuBLAS say when the CPU's or a GPU's memory is exhausted. */
  private static final Pattern OUT_OF_MEMORY =
      Pattern.compile(
          "out of memory|can't allocate memory|not enough memory|_STATUS_ALLOC_FAILED|std::bad_alloc");

  private Failures() {}

  /**
   * Runs work with libtorch.
   *
   * @throws OutOfMemoryError if there is not enough memory on the device
   */
  static <T> T translated(Supplier<T> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      String message = firstLine(e);
      if (OUT_OF_MEMORY.matcher(message).find()) {
        throw (OutOfMemoryError) new OutOfMemoryError(message).initCause(e);
      }
      throw e;
    }
  }

  private static String firstLine(RuntimeException failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }
}
