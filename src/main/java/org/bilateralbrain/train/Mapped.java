package org.bilateralbrain.train;

import java.util.function.Function;
import java.util.stream.StreamSupport;

/** An iterable whose elements are converted as they are read. */
final class Mapped {

  private Mapped() {}

  static <A, B> Iterable<B> lazily(Iterable<A> source, Function<A, B> conversion) {
    return () -> StreamSupport.stream(source.spliterator(), false).map(conversion).iterator();
  }
}
