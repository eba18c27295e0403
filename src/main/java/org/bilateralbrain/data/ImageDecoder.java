package org.bilateralbrain.data;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Iterator;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** Decodes the image files that Java knows (PNG, JPEG, GIF, BMP, TIFF). */
final class ImageDecoder {

  /** More than cameras have: an image above it is taken for a bomb. */
  private static final long MAX_PIXELS = 50_000_000;

  static {
    ImageIO.setUseCache(false); // no temporary files
  }

  private ImageDecoder() {}

  /**
   * @throws IOException if it is no image, or damaged
   */
  static Pixels decode(byte[] file) throws IOException {
    Optional<Pixels> png = Png.decode(file);
    return png.isPresent() ? png.get() : decodeOther(file);
  }

  private static Pixels decodeOther(byte[] file) throws IOException {
    try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(file))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new IOException("it is not an image of a known format");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels > MAX_PIXELS) {
          throw new IOException("it has %s pixels, too many".formatted(pixels));
        }
        return Pixels.of(reader.read(0));
      } catch (EOFException e) {
        throw new IOException("it is truncated", e);
      } catch (RuntimeException e) { // how decoders report some kinds of damage
        throw new IOException("it is damaged (%s)".formatted(e), e);
      } finally {
        reader.dispose();
      }
    }
  }
}
