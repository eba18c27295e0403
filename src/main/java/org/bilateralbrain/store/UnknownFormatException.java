package org.bilateralbrain.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A file of the store that an incompatible version of the program wrote. It is neither missing nor
 * damaged and is never changed.
 */
public class UnknownFormatException extends IOException {

  private static final long serialVersionUID = 1L;

  /**
   * @param format version in the file; null if there is none
   * @param program likewise
   */
  UnknownFormatException(Object place, @Nullable JsonNode format, @Nullable JsonNode program) {
    super(
        "%s %s, but this program (%s) reads format %s: use the program that wrote it, or another store"
            .formatted(place, found(format, program), Program.running(), Json.FORMAT));
  }

  private static String found(@Nullable JsonNode format, @Nullable JsonNode program) {
    String writer = program == null ? "an unknown program" : program.asText();
    return format == null
        ? "has no format version: an early version of the program wrote it"
        : "has format %s, written by %s".formatted(format.asText(), writer);
  }
}
