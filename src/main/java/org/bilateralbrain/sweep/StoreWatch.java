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
 * Knows whether the store answers. A token that the driver leaves in it tells the driver that it is
 * still the same store, and executors that they see the driver's.
 */
public final class StoreWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StoreWatch.class);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /** Of one request, while the store answers others. */
  private static final int MAX_FAILURES = 5;

  /** Far more often than a token is taken for a leftover. */
  private static final long REFRESH_NANOS = TimeUnit.HOURS.toNanos(1);

  private final Store store;
  private final Consumer<String> people;
  private final String token = UUID.randomUUID().toString();
  private long refreshedAt = System.nanoTime();
  private boolean away;
  private long awaySince;
  private long nextLook;
  private Duration pause = FIRST_PAUSE;

  /**
   * @param people are told when the store goes and comes back
   */
  public StoreWatch(Store store, Consumer<String> people) {
    this.store = store;
    this.people = people;
  }

  public String token() {
    return token;
  }

  /**
   * @throws IOException if the store can't be written to
   */
  public void begin() throws IOException {
    store.writeToken(token);
  }

  /** To be asked again and again; looks at the store now and then while it is away. */
  boolean answers() {
    if (away && System.nanoTime() - nextLook >= 0) {
      look();
    } else if (!away && System.nanoTime() - refreshedAt > REFRESH_NANOS) {
      look();
    }
    return !away;
  }

  /** Looks at once, because something has failed that may be the store's fault. */
  void suspect() {
    if (!away) {
      look();
    }
  }

  private void look() {
    try {
      if (!store.hasToken(token)) {
        throw new IOException(
            "%s has lost what this run has written: is it still mounted?".formatted(store.root()));
      }
      store.writeToken(token);
    } catch (IOException e) {
      wentAway(e);
      return;
    }
    refreshedAt = System.nanoTime();
    if (away) {
      away = false;
      people.accept(
          "The store answers again after %s s."
              .formatted(TimeUnit.NANOSECONDS.toSeconds(refreshedAt - awaySince)));
    }
  }

  private void wentAway(IOException reason) {
    long now = System.nanoTime();
    if (!away) {
      away = true;
      awaySince = now;
      pause = FIRST_PAUSE;
      people.accept(
          "The store does not answer: %s. No new job is started until it does."
              .formatted(reason.getMessage()));
    }
    nextLook = now + pause.toNanos();
    pause =
        pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
  }

  /** Does something with the store, however long it takes until it answers. */
  <T> T patiently(StoreRequest<T> request) throws IOException, InterruptedException {
    for (int failures = 1; ; failures++) {
      try {
        return request.run();
      } catch (UnknownFormatException e) {
        throw e;
      } catch (IOException e) {
        suspect();
        if (!away && failures >= MAX_FAILURES) {
          throw e; // the store answers, but not to this
        }
      }
      do {
        Thread.sleep(FIRST_PAUSE.toMillis());
      } while (!answers());
    }
  }

  /** Something that asks the store. */
  interface StoreRequest<T> {
    T run() throws IOException;
  }

  @Override
  public void close() {
    try {
      store.deleteToken(token);
    } catch (IOException e) {
      LOG.warn("The driver's token could not be removed from the store: {}", e.getMessage());
    }
  }
}
