package org.bilateralbrain.store;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;

/**
 * How the store's records are written: indented, since people read them, too, and with the format's
 * version and the program that wrote them, so that no other version of the program mistakes what it
 * finds.
 */
public final class Json {

  /**
   * To be raised whenever a record of the store changes: its fields, their meaning, or the files of
   * an artifact.
   */
  static final int FORMAT = 1;

  private static final String FORMAT_KEY = "format";
  private static final String PROGRAM_KEY = "program";

  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private Json() {}

  /** A file of the store. */
  public static byte[] encode(Record record) throws IOException {
    ObjectNode file = MAPPER.createObjectNode();
    file.put(FORMAT_KEY, FORMAT);
    file.put(PROGRAM_KEY, Program.running().toString());
    file.setAll((ObjectNode) MAPPER.valueToTree(record));
    return MAPPER.writeValueAsBytes(file);
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @param place where it was read from, for people
   * @throws UnknownFormatException if another version of the program wrote it
   * @throws IOException if it is not JSON: cut off or altered
   */
  public static <T extends Record> T decode(byte[] json, Class<T> type, Object place)
      throws IOException {
    JsonNode file = MAPPER.readTree(json);
    if (!(file instanceof ObjectNode fields)) {
      throw new JsonParseException(null, "%s is not a record".formatted(place));
    }
    JsonNode format = fields.remove(FORMAT_KEY);
    if (format == null || format.asInt() != FORMAT) {
      throw new UnknownFormatException(place, format, fields.get(PROGRAM_KEY));
    }
    if (Arrays.stream(type.getRecordComponents())
        .noneMatch(component -> component.getName().equals(PROGRAM_KEY))) {
      fields.remove(PROGRAM_KEY); // a record that has it means the same
    }
    return MAPPER.treeToValue(fields, type);
  }

  /** Anything that other programs read and this one doesn't. */
  public static byte[] print(Object value) throws IOException {
    return MAPPER.writeValueAsBytes(value);
  }
}
