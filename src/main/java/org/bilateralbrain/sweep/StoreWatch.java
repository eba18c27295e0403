package org.bilateralbrain.sweep;

import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bilateralbrain.store.Store;
import org.bilateralbrain.store.UnknownFormatException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches whether the store responds. A token file that the driver writes shows the driver that it
 * is still the same store, and executors that they use the driver's.
 */
public final class StoreWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StoreWatch.class);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /** Attempts of one request while the store responds to others. */
  private static final int MAX_FAILURES = 5;

  /** Far shorter than the age at which a token counts as a leftover. */
  private static final long REFRESH_NANOS = TimeUnit.HOURS.toNanos(1);

  private final Store store;
  private final Consumer<String> messages;
  private final String token = UUID.randomUUID().toString();
  private long refreshedAt = System.nanoTime();
  private boolean unavailable;
  private long unavailableSince;
  private long nextCheck;
  private Duration pause = FIRST_PAUSE;

  /**
   * @param messages receives a message when the store becomes unavailable or available again
   */
  public StoreWatch(Store store, Consumer<String> messages) {
    this.store = store;
    this.messages = messages;
  }

  /** The token's random name. */
  public String token() {
    return token;
  }

  /**
   * Writes the token.
   *
   * @throws IOException if the store can't be written to
   */
  public void begin() throws IOException {
    store.writeToken(token);
  }

  /** Whether the store responds. To be polled; checks an unavailable store at growing intervals. */
  boolean isAvailable() {
    if (unavailable && System.nanoTime() - nextCheck >= 0) {
      check();
    } else if (!unavailable && System.nanoTime() - refreshedAt > REFRESH_NANOS) {
      check();
    }
    return !unavailable;
  }

  /** Checks the store at once, after a failure that it may have caused. */
  void checkNow() {
    if (!unavailable) {
      check();
    }
  }

  private void check() {
    try {
      if (!store.hasToken(token)) {
        throw new IOException(
            "%s no longer holds the file that this run wrote: is it still mounted?"
                .formatted(store.root()));
      }
      store.writeToken(token);
    } catch (IOException e) {
      markUnavailable(e);
      return;
    }
    refreshedAt = System.nanoTime();
    if (unavailable) {
      unavailable = false;
      messages.accept(
          "The store responds again after %s s."
              .formatted(TimeUnit.NANOSECONDS.toSeconds(refreshedAt - unavailableSince)));
    }
  }

  private void markUnavailable(IOException reason) {
    long now = System.nanoTime();
    if (!unavailable) {
      unavailable = true;
      unavailableSince = now;
      pause = FIRST_PAUSE;
      messages.accept(
          "The store does not respond: %s. No new jobs are started until it does."
              .formatted(reason.getMessage()));
    }
    nextCheck = now + pause.toNanos();
    pause =
        pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
  }

  /**
   * Repeats a request until the store responds.
   *
   * @throws IOException if the request fails although the store responds
   */
  <T> T retry(StoreRequest<T> request) throws IOException, InterruptedException {
    for (int failures = 1; ; failures++) {
      try {
        return request.run();
      } catch (UnknownFormatException e) {
        throw e;
      } catch (IOException e) {
        checkNow();
        if (!unavailable && failures >= MAX_FAILURES) {
          throw e; // the store responds, but not to this request
        }
      }
      do {
        Thread.sleep(FIRST_PAUSE.toMillis());
      } while (!isAvailable());
    }
  }

  /** A request to the store. */
  interface StoreRequest<T> {
    T run() throws IOException;
  }

  @Override
  public void close() {
    try {
      store.deleteToken(token);
    } catch (IOException e) {
      LOG.warn("The driver's token can't be deleted from the store: {}", e.getMessage());
    }
  }
}
