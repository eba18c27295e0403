package org.bilateralbrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.bilateralbrain.train.StoredFeatures.NpyFormat;
import org.junit.jupiter.api.Test;

class NpyFormatTest {

  @Test
  void theHeaderEqualsNumPysForAMatrixOfFloats() {
    byte[] header = NpyFormat.header(3600, 128);

    // numpy.lib.format.write_array_header_1_0, byte for byte
    String text = "{'descr': '<f4', 'fortran_order': False, 'shape': (3600, 128), }";
    assertThat(header)
        .hasSize(128)
        .startsWith(0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0)
        .endsWith('\n');
    assertThat(new String(header, 10, 117, StandardCharsets.US_ASCII).strip()).isEqualTo(text);
  }

  @Test
  void valuesComeBackAsTheyWere() throws IOException {
    ByteBuffer file = file(2, 3, 1, -2, Float.MIN_VALUE, 4, 5, 6.5f);

    float[] row = new float[4];
    NpyFormat.matrix(file, 2, 3).get(3, row, 1, 3);
    assertThat(row).containsExactly(0, 4, 5, 6.5f);
  }

  @Test
  void aMatrixOfAnotherShapeIsRefused() throws IOException {
    ByteBuffer file = file(2, 3, 1, 2, 3, 4, 5, 6);

    assertThatThrownBy(() -> NpyFormat.matrix(file, 3, 2))
        .hasMessageContaining("not a matrix of 3 x 2");
    assertThatThrownBy(() -> NpyFormat.matrix(file, 2, 4))
        .hasMessageContaining("not a matrix of 2 x 4");
  }

  private static ByteBuffer file(int rows, int columns, float... values) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(NpyFormat.header(rows, columns));
    bytes.write(NpyFormat.values(values));
    return ByteBuffer.wrap(bytes.toByteArray());
  }
}
