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
 * How many threads a task's numerics use: OpenMP (ND4J's and oneDNN's operations), BLAS and our own
 * loops alike. One task a core is the fastest arrangement on CPUs, so that one thread is the
 * default.
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

  /**
   * Does the work for 0 to count - 1, in any order, on as many threads as the calling task has, and
   * returns when all is done.
   *
   * @param workers makes a worker for each thread, with buffers of its own
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
