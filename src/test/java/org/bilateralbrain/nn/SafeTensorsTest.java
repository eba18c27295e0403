package org.bilateralbrain.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bilateralbrain.data.StoredTensor;
import org.bilateralbrain.faults.Mutations;
import org.bilateralbrain.nn.Weights.InvalidWeightsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeTensorsTest {

  private static final InitialValues.Distribution ANY = new InitialValues.Distribution.Constant(0);

  private static final List<Parameter> EXPECTED =
      List.of(
          new Parameter("a.weight", List.of(2, 3), Parameter.Kind.WEIGHT, ANY),
          new Parameter("a.bias", List.of(2), Parameter.Kind.BIAS, ANY));
  private static final Weights WEIGHTS = weights();

  private static Weights weights() {
    Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
    float[] values = {1, -2, 3.5f, Float.MIN_VALUE, 0, 1e30f};
    tensors.put("a.weight", new Weights.Tensor(List.of(2, 3), values));
    tensors.put("a.bias", new Weights.Tensor(List.of(2), new float[] {7, 8}));
    return new Weights(tensors);
  }

  @Test
  void weightsAreReadBackBitForBit() throws IOException {
    Weights read = SafeTensors.read(ByteBuffer.wrap(written()), EXPECTED);

    assertThat(read.digest()).isEqualTo(WEIGHTS.digest());
    assertThat(read.get("a.weight").values()).isEqualTo(WEIGHTS.get("a.weight").values());
  }

  @Test
  void equalWeightsGiveEqualBytesAndValuesAreAligned() throws IOException {
    assertThat(written()).isEqualTo(written());
    assertThat(ByteBuffer.wrap(written()).order(ByteOrder.LITTLE_ENDIAN).getLong(0) % 8).isZero();
  }

  @Test
  void theHeaderFollowsTheFormat() throws IOException {
    String header =
        "{\"__metadata__\":{\"made_by\":\"a test\"},"
            + "\"a.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
            + "\"a.bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[24,32]}}";

    assertThat(new String(written(), 8, header.length(), StandardCharsets.UTF_8)).isEqualTo(header);
  }

  @Test
  void anotherNetworksWeightsAreRefusedWithEveryDifference() throws IOException {
    List<Parameter> others =
        List.of(
            new Parameter("a.weight", List.of(3, 2), Parameter.Kind.WEIGHT, ANY),
            new Parameter("b.bias", List.of(2), Parameter.Kind.BIAS, ANY));

    assertThatThrownBy(() -> SafeTensors.read(ByteBuffer.wrap(written()), others))
        .isInstanceOf(InvalidWeightsException.class)
        .hasMessageContaining("a.weight has the shape [2, 3], expected [3, 2]")
        .hasMessageContaining("b.bias is missing")
        .hasMessageContaining("a.bias is not a parameter of this network");
  }

  /** Sizes that a reader must not trust, let alone allocate. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":{\"dtype\":\"F16\",\"shape\":[6],\"data_offsets\":[0,12]}} | has the type 'F16', expected F32",
        "{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[4],\"data_offsets\":[0,4]}} | has the type 'F8_E4M3', which is not supported",
        "{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}} | has the type ''",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[100000000,1000000000],\"data_offsets\":[0,4]}} | expected [0,400000000000000000]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2000000000,2000000000,9],\"data_offsets\":[0,4]}} | which is too large",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1000000],\"data_offsets\":[0,4000000]}} | lies beyond the end of the file",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[10],\"data_offsets\":[0,4]}} | expected [0,40]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | expected [0,4]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}} | has the shape [-1]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}} | has the shape [1.5]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{}} | is not JSON",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | its tensors end at",
        "[1] | is not a JSON object",
        "{\"a\" | is not JSON",
      })
  void anInconsistentHeaderIsRefused(String header, String reason) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + text.length + 12).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(text.length).put(text);

    assertThatThrownBy(() -> SafeTensors.read(file.rewind(), EXPECTED))
        .isInstanceOf(InvalidWeightsException.class)
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource({"-1", "1", "100000000000", "9223372036854775807"})
  void anImpossibleHeaderLengthIsRefused(long length) {
    ByteBuffer file = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN).putLong(length);

    assertThatThrownBy(() -> SafeTensors.read(file.rewind(), EXPECTED))
        .isInstanceOf(InvalidWeightsException.class)
        .hasMessageContaining("its header cannot be " + length + " bytes long");
  }

  @Test
  void aTruncatedFileIsRefusedWhereverItEnds() throws IOException {
    byte[] whole = written();
    for (int length = 0; length < whole.length; length++) {
      ByteBuffer part = ByteBuffer.wrap(Arrays.copyOf(whole, length));

      assertThatThrownBy(() -> SafeTensors.read(part, EXPECTED))
          .as("%s bytes", length)
          .isInstanceOf(InvalidWeightsException.class);
    }
  }

  @Test
  void damagedFilesAreReadOrRefused() throws IOException {
    Mutations.assertEachIsReadOrRefused(
        written(),
        4_000,
        16,
        content ->
            SafeTensors.readAll(ByteBuffer.wrap(content)).values().forEach(StoredTensor::values),
        List.of(InvalidWeightsException.class));
  }

  private static byte[] written() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SafeTensors.write(WEIGHTS, Map.of("made_by", "a test"), out);
    return out.toByteArray();
  }
}
