package org.bilateralbrain.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** Small image sets for tests. */
public final class TestImages {

  private TestImages() {}

  /** Random pixels; fine labels cycle, coarse labels are fine / finePerCoarse. */
  public static Images of(int count, int fineClasses, int finePerCoarse, long seed) {
    byte[] pixels = new byte[count * ImageShape.CIFAR.bytes()];
    SplittableRandom random = new SplittableRandom(seed);
    random.nextBytes(pixels);
    int[] fine = new int[count];
    int[] coarse = new int[count];
    for (int i = 0; i < count; i++) {
      fine[i] = i % fineClasses;
      coarse[i] = fine[i] / finePerCoarse;
    }
    return new Images(ImageShape.CIFAR, pixels, fine, coarse);
  }

  /** The content of a PNG file with one of the images. */
  public static byte[] png(Images images, int image) {
    ImageShape shape = images.shape();
    byte[] pixels = new byte[shape.bytes()];
    images.copyPixels(image, pixels);
    boolean grey = shape.channels() == 1;
    BufferedImage picture =
        new BufferedImage(
            shape.size(),
            shape.size(),
            grey ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR);
    for (int channel = 0; channel < shape.channels(); channel++) {
      for (int i = 0; i < shape.pixels(); i++) {
        picture
            .getRaster()
            .setSample(
                i % shape.size(),
                i / shape.size(),
                channel,
                Byte.toUnsignedInt(pixels[channel * shape.pixels() + i]));
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(picture, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
