package org.bilateralbrain.store;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;

/** How the store's records are written: indented, since people read them, too. */
public final class Json {

  private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private Json() {}

  public static byte[] encode(Object record) throws IOException {
    return MAPPER.writeValueAsBytes(record);
  }

  public static <T> T decode(byte[] json, Class<T> type) throws IOException {
    return MAPPER.readValue(json, type);
  }
}
