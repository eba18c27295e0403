package org.bilateralbrain.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Sends many requests to a store, which may be remote, at the same time. */
public final class Concurrently {

  /** One after the other, thousands of requests of 50 ms each would take minutes. */
  private static final int AT_A_TIME = 64;

  private Concurrently() {}

  /** One request. */
  public interface Request<A, B> {
    B of(A subject) throws IOException;
  }

  /**
   * The subjects for which the answer is true, in their order.
   *
   * @throws IOException the first failure
   */
  public static <A> List<A> those(Collection<A> subjects, Request<A, Boolean> question)
      throws IOException {
    List<Boolean> answers = each(subjects, question);
    List<A> chosen = new ArrayList<>();
    int i = 0;
    for (A subject : subjects) {
      if (answers.get(i++)) {
        chosen.add(subject);
      }
    }
    return chosen;
  }

  /**
   * The answers in the order of the subjects.
   *
   * @throws IOException the first failure
   */
  public static <A, B> List<B> each(Collection<A> subjects, Request<A, B> request)
      throws IOException {
    if (subjects.isEmpty()) {
      return List.of();
    }
    ExecutorService threads = Executors.newFixedThreadPool(Math.min(AT_A_TIME, subjects.size()));
    try {
      List<Callable<B>> requests = new ArrayList<>();
      subjects.forEach(subject -> requests.add(() -> request.of(subject)));
      List<B> answers = new ArrayList<>();
      for (Future<B> answer : threads.invokeAll(requests)) {
        answers.add(answer.get());
      }
      return answers;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while reading from the store", e);
    } finally {
      threads.shutdownNow();
    }
  }
}
