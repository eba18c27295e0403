package org.bilateralbrain.nn.layers;

import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * How many threads a task's numerics use: OpenMP (ND4J's and oneDNN's operations), BLAS and our own
 * loops alike. One task a core is the fastest arrangement on CPUs, so that one thread is the
 * default.
 */
public final class NativeThreads {

  private static final ThreadLocal<Integer> OF_THIS_TASK = ThreadLocal.withInitial(() -> 1);

  private NativeThreads() {}

  /**
   * Holds for the calling thread, from now on. BLAS has one setting for the whole process: the last
   * one.
   */
  public static void use(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("A task needs at least one thread, got " + threads);
    }
    OF_THIS_TASK.set(threads);
    Nd4j.getEnvironment()
        .setMaxThreads(threads); // first, since it loads the backend that the next line needs
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
    Nd4j.factory().blas().setMaxThreads(threads);
  }

  public static int ofThisTask() {
    return OF_THIS_TASK.get();
  }
}
