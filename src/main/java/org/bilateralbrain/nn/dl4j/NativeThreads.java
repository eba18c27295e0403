package org.bilateralbrain.nn.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * The number of threads that a task computes with, in OpenMP (ND4J's and oneDNN's operations), BLAS
 * and our own loops. The default is one, because one task per core is fastest on CPUs.
 */
public final class NativeThreads {

  private static final ThreadLocal<Integer> OF_THIS_TASK = ThreadLocal.withInitial(() -> 1);

  private static final ExecutorService HELPERS =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "layer loops");
            thread.setDaemon(true);
            return thread;
          });

  private NativeThreads() {}

  /**
   * Sets the number for the calling thread. BLAS has only one setting per process: the last one
   * made.
   */
  public static void use(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("A task needs at least one thread, got " + threads);
    }
    OF_THIS_TASK.set(threads);
    Nd4j.getEnvironment()
        .setMaxThreads(threads); // first: it loads the backend that the next line needs
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
    Nd4j.factory().blas().setMaxThreads(threads);
  }

  /** The calling thread's number. */
  public static int ofThisTask() {
    return OF_THIS_TASK.get();
  }

  /**
   * Processes the numbers 0 to count - 1, in any order, on the calling task's number of threads,
   * and returns when all are done.
   *
   * @param workers creates a worker, with its own buffers, for each thread
   */
  static void forEach(int count, Supplier<IntConsumer> workers) {
    AtomicInteger next = new AtomicInteger();
    Runnable share =
        () -> {
          IntConsumer work = workers.get();
          for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
            work.accept(i);
          }
        };
    List<CompletableFuture<Void>> helpers = new ArrayList<>();
    for (int helper = 1; helper < Math.min(count, ofThisTask()); helper++) {
      helpers.add(CompletableFuture.runAsync(share, HELPERS));
    }
    share.run();
    helpers.forEach(CompletableFuture::join);
  }
}
