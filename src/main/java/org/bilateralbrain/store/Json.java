package org.bilateralbrain.store;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;

/**
 * The encoding of the store's records: indented, since people read them, too, and with the version
 * of the format and of the program that wrote them, so that no other version misinterprets them.
 */
public final class Json {

  /**
   * Increment it whenever a record of the store changes: its fields, their meaning, or the files of
   * an artifact.
   */
  static final int FORMAT = 2;

  private static final String FORMAT_KEY = "format";
  private static final String PROGRAM_KEY = "program";

  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private Json() {}

  /** Encodes a record with its format and program version. */
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
   * @param place where it was read from, for messages
   * @throws UnknownFormatException if an incompatible version of the program wrote it
   * @throws IOException if it is invalid JSON: truncated or changed
   */
  public static <T extends Record> T decode(byte[] json, Class<T> type, Object place)
      throws IOException {
    JsonNode file = MAPPER.readTree(json);
    if (!(file instanceof ObjectNode fields)) {
      throw new JsonParseException(null, "%s is not a JSON object".formatted(place));
    }
    JsonNode format = fields.remove(FORMAT_KEY);
    if (format == null || format.asInt() != FORMAT) {
      throw new UnknownFormatException(place, format, fields.get(PROGRAM_KEY));
    }
    if (Arrays.stream(type.getRecordComponents())
        .noneMatch(component -> component.getName().equals(PROGRAM_KEY))) {
      fields.remove(PROGRAM_KEY); // kept for records that have this field
    }
    return MAPPER.treeToValue(fields, type);
  }

  /** Encodes a value for other programs; this one does not read it back. */
  public static byte[] print(Object value) throws IOException {
    return MAPPER.writeValueAsBytes(value);
  }
}
