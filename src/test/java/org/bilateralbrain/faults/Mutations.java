package org.bilateralbrain.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Feeds a reader with damaged copies of a good file, the same ones in every run. */
public final class Mutations {

  /** Reads a file that may be damaged. */
  public interface Reader {
    void read(byte[] content) throws Exception;
  }

  private static final Duration SLOWEST = Duration.ofSeconds(10);

  private Mutations() {}

  /**
   * Each copy must be read, or be refused with one of the expected exceptions and a message, within
   * ten seconds and so many megabytes.
   */
  public static void assertEachIsReadOrRefused(
      byte[] good, int copies, int megabytes, Reader reader, List<Class<?>> refusals) {
    assertThatCode(() -> reader.read(good)).doesNotThrowAnyException();
    ExecutorService thread =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread daemon = new Thread(work, "reader of damaged files");
              daemon.setDaemon(true);
              return daemon;
            });
    try {
      for (int seed = 0; seed < copies; seed++) {
        byte[] mutated = mutated(good, new SplittableRandom(seed));
        String copy = "copy " + seed;
        long allocated;
        try {
          allocated =
              thread
                  .submit(() -> read(mutated, reader, refusals))
                  .get(SLOWEST.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
          fail(copy + " takes more than " + SLOWEST);
          return;
        } catch (ExecutionException e) {
          throw new AssertionError(copy + " ends in " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
        assertThat(allocated).as(copy).isLessThan((long) megabytes << 20);
      }
    } finally {
      thread.shutdownNow();
    }
  }

  /** Returns how many bytes were allocated. */
  private static long read(byte[] content, Reader reader, List<Class<?>> refusals)
      throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    try {
      reader.read(content);
    } catch (Exception e) {
      if (refusals.stream().noneMatch(refusal -> refusal.isInstance(e)) || e.getMessage() == null) {
        throw e;
      }
    }
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
  }

  /** One to eight changes: other bytes, a part cut out, repeated, or moved, the end cut off. */
  private static byte[] mutated(byte[] good, SplittableRandom random) {
    byte[] content = good.clone();
    int changes = random.nextInt(1, 9);
    for (int i = 0; i < changes && content.length > 0; i++) {
      int from = random.nextInt(content.length);
      int length = Math.min(content.length - from, 1 << random.nextInt(8));
      content =
          switch (random.nextInt(6)) {
            case 0 -> overwritten(content, from, (byte) random.nextInt(256));
            case 1 -> overwritten(content, from, (byte) (content[from] ^ 1 << random.nextInt(8)));
            case 2 -> overwritten(content, from, (byte) (random.nextBoolean() ? 0xff : 0));
            case 3 -> joined(content, 0, from, from + length, content.length);
            case 4 -> joined(content, 0, from + length, from, content.length);
            default ->
                random.nextInt(8) == 0 ? Arrays.copyOf(content, from) : swapped(content, from);
          };
    }
    return content;
  }

  private static byte[] overwritten(byte[] content, int position, byte value) {
    content[position] = value;
    return content;
  }

  private static byte[] joined(byte[] content, int start, int end, int otherStart, int otherEnd) {
    byte[] joined = new byte[end - start + otherEnd - otherStart];
    System.arraycopy(content, start, joined, 0, end - start);
    System.arraycopy(content, otherStart, joined, end - start, otherEnd - otherStart);
    return joined;
  }

  private static byte[] swapped(byte[] content, int position) {
    int other = (position + 1) % content.length;
    byte value = content[position];
    content[position] = content[other];
    content[other] = value;
    return content;
  }
}
