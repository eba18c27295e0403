package org.bilateralbrain.nn.layers;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/** Shares loops between as many threads as {@link NativeThreads} gives the calling task. */
final class Parallel {

  private static final ExecutorService HELPERS =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "layer loops");
            thread.setDaemon(true);
            return thread;
          });

  private Parallel() {}

  /**
   * Does the work for 0 to count - 1, in any order, and returns when all is done.
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
    for (int helper = 1; helper < Math.min(count, NativeThreads.ofThisTask()); helper++) {
      helpers.add(CompletableFuture.runAsync(share, HELPERS));
    }
    share.run();
    helpers.forEach(CompletableFuture::join);
  }
}
