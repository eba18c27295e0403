package org.bilateralbrain.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/**
 * Tells whoever presses Ctrl-C what becomes of the work so far, instead of a page of Spark's
 * exceptions.
 */
final class Interruption {

  private Interruption() {}

  static <T> T explaining(PrintWriter err, Callable<T> work) throws Exception {
    CountDownLatch underWay = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              underWay.countDown();
              err.println(
                  "Interrupted. Finished networks are kept in the store: run the same command to go on from them.");
              err.flush();
            });
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return work.call();
    } finally {
      if (underWay.getCount() == 0) {
        new CountDownLatch(1)
            .await(); // Spark is being stopped under our feet; the JVM ends at any moment
      }
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }
}
