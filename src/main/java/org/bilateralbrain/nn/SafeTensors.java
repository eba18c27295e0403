package org.bilateralbrain.nn;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.bilateralbrain.data.NumberFormat;
import org.bilateralbrain.data.StoredTensor;
import org.bilateralbrain.nn.Weights.InvalidWeightsException;

/**
 * Weights in the format of Hugging Face's {@code safetensors}: the length of a header (8 bytes,
 * little-endian), the header (JSON: each tensor's type, shape and position), and the values. Ours
 * are of the type {@code F32}.
 *
 * <p>Files may be untrusted: names, types, shapes and lengths are checked against what is expected
 * before anything is allocated, and nothing in them is executed.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">The format</a>
 */
public final class SafeTensors {

  public static final String EXTENSION = ".safetensors";

  private static final String METADATA = "__metadata__";

  /** The format's own limit. */
  private static final int MAX_HEADER_BYTES = 100_000_000;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private SafeTensors() {}

  /**
   * Writes weights. Equal weights and metadata give equal bytes.
   *
   * @param metadata describes the weights to readers of the file
   */
  public static void write(Weights weights, Map<String, String> metadata, OutputStream out)
      throws IOException {
    out.write(header(weights, metadata));
    for (Weights.Tensor tensor : weights.tensors().values()) {
      Weights.forEachPiece(
          tensor.values(), piece -> out.write(piece.array(), piece.arrayOffset(), piece.limit()));
    }
  }

  private static byte[] header(Weights weights, Map<String, String> metadata) throws IOException {
    ObjectNode header = JSON.createObjectNode();
    ObjectNode described = header.putObject(METADATA);
    metadata.forEach(described::put);
    long offset = 0;
    for (Map.Entry<String, Weights.Tensor> entry : weights.tensors().entrySet()) {
      long end = offset + (long) entry.getValue().values().length * Float.BYTES;
      ObjectNode tensor = header.putObject(entry.getKey()).put("dtype", NumberFormat.F32.name());
      ArrayNode shape = tensor.putArray("shape");
      entry.getValue().shape().forEach(shape::add);
      tensor.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    String json = JSON.writeValueAsString(header);
    String aligned =
        json + " ".repeat(Math.floorMod(-json.getBytes(StandardCharsets.UTF_8).length, 8));
    byte[] bytes = aligned.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Long.BYTES + bytes.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(bytes.length)
        .put(bytes)
        .array();
  }

  /**
   * @param expected the names and shapes of exactly the tensors that the file must hold
   * @throws InvalidWeightsException if the file is malformed or holds other tensors
   */
  public static Weights read(ByteBuffer file, List<Parameter> expected) {
    ByteBuffer bytes = file.slice().order(ByteOrder.LITTLE_ENDIAN);
    Map<String, Location> locations = locations(bytes);
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    locations.forEach(
        (name, location) -> {
          require(
              location.format == NumberFormat.F32,
              "%s has the type '%s', expected F32",
              name,
              location.format);
          shapes.put(name, location.shape());
        });
    List<String> differences = Weights.differences(shapes, expected);
    if (!differences.isEmpty()) {
      throw new InvalidWeightsException(String.join("%n  ".formatted(), differences));
    }
    Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
    for (Parameter parameter : expected) {
      Location location = Objects.requireNonNull(locations.get(parameter.name()));
      float[] values = new float[parameter.count()];
      bytes
          .slice(location.start(), values.length * Float.BYTES)
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(values);
      tensors.put(parameter.name(), new Weights.Tensor(parameter.shape(), values));
    }
    return new Weights(tensors);
  }

  /**
   * The tensors of a file of any program.
   *
   * @throws InvalidWeightsException if the file is malformed
   */
  public static Map<String, StoredTensor> readAll(ByteBuffer file) {
    ByteBuffer bytes = file.slice().order(ByteOrder.LITTLE_ENDIAN);
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    locations(bytes)
        .forEach((name, location) -> tensors.put(name, new TensorInFile(bytes, location)));
    return tensors;
  }

  private record TensorInFile(ByteBuffer file, Location location) implements StoredTensor {

    @Override
    public List<Integer> shape() {
      return location.shape;
    }

    @Override
    public float[] values() {
      ByteBuffer content =
          file.slice(location.start, location.bytes).order(ByteOrder.LITTLE_ENDIAN);
      float[] values = new float[location.bytes / location.format.bytes()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) location.format.value(content, i);
      }
      return values;
    }
  }

  /**
   * @param start byte offset in the file
   */
  private record Location(NumberFormat format, List<Integer> shape, int start, int bytes) {}

  /** Reads the header and checks that the tensors fill the file without gaps. */
  private static Map<String, Location> locations(ByteBuffer file) {
    require(file.limit() >= Long.BYTES, "it is too short for the length of a header");
    long length = file.getLong(0);
    require(
        length >= 2 && length <= MAX_HEADER_BYTES && length <= file.limit() - Long.BYTES,
        "its header cannot be %s bytes long in a file of %s",
        length,
        file.limit());
    byte[] header = new byte[(int) length];
    file.get(Long.BYTES, header);
    int dataStart = Long.BYTES + header.length;
    Map<String, Location> locations = new LinkedHashMap<>();
    long end = 0;
    List<Map.Entry<String, JsonNode>> entries = new ArrayList<>(object(header).properties());
    entries.removeIf(entry -> entry.getKey().equals(METADATA));
    entries.sort(
        Comparator.comparingLong(entry -> entry.getValue().path("data_offsets").path(0).asLong()));
    for (Map.Entry<String, JsonNode> entry : entries) {
      JsonNode tensor = entry.getValue();
      String name = entry.getKey();
      String type = tensor.path("dtype").asText();
      NumberFormat format =
          NumberFormat.named(type)
              .orElseThrow(
                  () ->
                      new InvalidWeightsException(
                          "%s has the type '%s', which is not supported".formatted(name, type)));
      List<Integer> shape = shape(name, tensor.path("shape"));
      JsonNode offsets = tensor.path("data_offsets");
      long bytes = bytes(name, format, shape);
      require(
          offsets.size() == 2
              && offsets.get(0).isIntegralNumber()
              && offsets.get(0).asLong() == end
              && offsets.get(1).isIntegralNumber()
              && offsets.get(1).asLong() == end + bytes,
          "%s has the shape %s but the data_offsets %s, expected [%s,%s]",
          name,
          shape,
          offsets,
          end,
          end + bytes);
      require(end + bytes <= file.limit() - dataStart, "%s lies beyond the end of the file", name);
      locations.put(name, new Location(format, shape, (int) (dataStart + end), (int) bytes));
      end += bytes;
    }
    require(
        dataStart + end == file.limit(),
        "it is %s bytes long, but its tensors end at %s",
        file.limit(),
        dataStart + end);
    return locations;
  }

  private static JsonNode object(byte[] header) {
    try {
      JsonNode json = JSON.readTree(header);
      require(json.isObject(), "its header is not a JSON object");
      return json;
    } catch (IOException | StackOverflowError e) {
      throw new InvalidWeightsException("its header is not JSON");
    }
  }

  private static List<Integer> shape(String name, JsonNode sizes) {
    require(sizes.isArray(), "%s has no shape", name);
    List<Integer> shape = new ArrayList<>();
    for (JsonNode size : sizes) {
      require(size.isInt() && size.asInt() >= 0, "%s has the shape %s", name, sizes);
      shape.add(size.asInt());
    }
    return shape;
  }

  private static long bytes(String name, NumberFormat format, List<Integer> shape) {
    try {
      return shape.stream()
          .mapToLong(Integer::longValue)
          .reduce(format.bytes(), Math::multiplyExact);
    } catch (ArithmeticException e) {
      throw new InvalidWeightsException(
          "%s has the shape %s, which is too large".formatted(name, shape));
    }
  }

  private static void require(boolean condition, String message, Object... values) {
    if (!condition) {
      throw new InvalidWeightsException(String.format(Locale.ROOT, message, values));
    }
  }
}
