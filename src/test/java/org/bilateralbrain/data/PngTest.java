package org.bilateralbrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PngTest {

  @ParameterizedTest
  @CsvSource({"1, 7, 11", "3, 7, 11", "3, 32, 32", "1, 1, 1"})
  void everyFilterGivesWhatImageIoReads(int channels, int width, int height) throws IOException {
    byte[] file = png(channels, width, height);

    Pixels pixels = Png.decode(file).orElseThrow();

    BufferedImage image = ImageIO.read(new ByteArrayInputStream(file));
    assertThat(pixels.width()).isEqualTo(width);
    assertThat(pixels.height()).isEqualTo(height);
    assertThat(pixels.samples()).isEqualTo(Pixels.of(image).samples());
  }

  @Test
  void aDamagedByteIsFoundWhereverItIs() throws IOException {
    byte[] file = png(3, 5, 5);
    for (int i = 8; i < file.length; i++) {
      byte[] damaged = file.clone();
      damaged[i] ^= 16;
      assertThatThrownBy(() -> Png.decode(damaged)).as("byte " + i).hasMessageContaining("damaged");
    }
  }

  @Test
  void aTruncatedFileIsRefused() throws IOException {
    byte[] file = png(3, 5, 5);
    for (int length = 8; length < file.length; length++) {
      byte[] truncated = Arrays.copyOf(file, length);
      assertThatThrownBy(() -> Png.decode(truncated)).hasMessageContaining("truncated");
    }
  }

  @Test
  void hugeDimensionsOfATinyFileAreRefusedBeforeAnythingIsAllocated() throws IOException {
    byte[] file = withHeader(4000, 4000, png(1, 5, 5));

    assertThatThrownBy(() -> Png.decode(file)).hasMessageContaining("4000 x 4000 pixels don't fit");
  }

  @Test
  void imagesWithAPaletteAreLeftToImageIo() throws IOException {
    byte[] shades = {10, 20};
    BufferedImage image =
        new BufferedImage(
            2,
            2,
            BufferedImage.TYPE_BYTE_BINARY,
            new IndexColorModel(1, 2, shades, shades, shades));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);

    assertThat(Png.decode(out.toByteArray())).isEmpty();
    assertThat(ImageDecoder.decode(out.toByteArray()).fitted(new ImageShape(2, 1)))
        .containsOnly(10);
  }

  /** Random samples, each row with another filter. */
  private static byte[] png(int channels, int width, int height) throws IOException {
    int row = width * channels;
    byte[] samples = new byte[height * row];
    new SplittableRandom(7).nextBytes(samples);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(content)) {
      for (int y = 0; y < height; y++) {
        out.write(y % 5);
        out.write(samples, y * row, row); // any bytes are the differences of some image
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new DataOutputStream(out).writeLong(0x89504e470d0a1a0aL);
    chunk("IHDR", header(width, height, channels), out);
    chunk("tEXt", new byte[] {65, 0, 66}, out);
    byte[] all = content.toByteArray();
    int half = all.length / 2;
    chunk("IDAT", Arrays.copyOf(all, half), out);
    chunk("IDAT", Arrays.copyOfRange(all, half, all.length), out);
    chunk("IEND", new byte[0], out);
    return out.toByteArray();
  }

  private static byte[] header(int width, int height, int channels) throws IOException {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(header);
    out.writeInt(width);
    out.writeInt(height);
    out.write(new byte[] {8, (byte) (channels == 1 ? 0 : 2), 0, 0, 0});
    return header.toByteArray();
  }

  private static byte[] withHeader(int width, int height, byte[] file) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(file, 0, 8);
    chunk("IHDR", header(width, height, 1), out);
    out.write(file, 33, file.length - 33);
    return out.toByteArray();
  }

  private static void chunk(String type, byte[] content, ByteArrayOutputStream to)
      throws IOException {
    DataOutputStream out = new DataOutputStream(to);
    CRC32 checksum = new CRC32();
    byte[] name = type.getBytes(StandardCharsets.ISO_8859_1);
    checksum.update(name);
    checksum.update(content);
    out.writeInt(content.length);
    out.write(name);
    out.write(content);
    out.writeInt((int) checksum.getValue());
  }
}
