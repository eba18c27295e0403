package org.bilateralbrain.analysis;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import javax.imageio.ImageIO;
import org.bilateralbrain.data.Images;

/**
 * A picture of an image, followed to the right by copies of the image under each of several
 * saliency maps.
 */
final class SaliencyPicture {

  /** Edge length in the picture of one pixel of the image. */
  private static final int ZOOM = 3;

  private static final int SIDE = Images.SIZE * ZOOM;
  private static final int GAP = 4;

  /** Opacity of the map at its maximum. */
  private static final double MAX_OPACITY = 0.65;

  private SaliencyPicture() {}

  /**
   * Writes a PNG.
   *
   * @param image position of the image
   */
  static void write(Images images, int image, List<SaliencyMap> maps, OutputStream out)
      throws IOException {
    BufferedImage picture =
        new BufferedImage(
            (maps.size() + 1) * (SIDE + GAP) - GAP, SIDE, BufferedImage.TYPE_INT_ARGB);
    draw(images, image, SaliencyMap.empty(SIDE), 0, picture);
    for (int i = 0; i < maps.size(); i++) {
      draw(images, image, maps.get(i).resized(SIDE), (i + 1) * (SIDE + GAP), picture);
    }
    if (!ImageIO.write(picture, "png", out)) {
      throw new IOException("This Java has no PNG encoder");
    }
  }

  private static void draw(
      Images images, int image, SaliencyMap map, int left, BufferedImage picture) {
    double highest = map.highest() == 0 ? 1 : map.highest();
    for (int row = 0; row < SIDE; row++) {
      for (int column = 0; column < SIDE; column++) {
        double heat = map.at(row, column) / highest;
        picture.setRGB(
            left + column, row, blended(colour(images, image, row / ZOOM, column / ZOOM), heat));
      }
    }
  }

  private static int[] colour(Images images, int image, int row, int column) {
    int[] colour = new int[Images.CHANNELS];
    for (int channel = 0; channel < colour.length; channel++) {
      int position =
          image * Images.BYTES_PER_IMAGE + channel * Images.PIXELS + row * Images.SIZE + column;
      colour[channel] = Byte.toUnsignedInt(images.pixels()[position]);
    }
    return colour;
  }

  /**
   * Colours run from transparent over red to yellow.
   *
   * @param heat in [0, 1]
   * @return ARGB
   */
  private static int blended(int[] colour, double heat) {
    double opacity = MAX_OPACITY * Math.min(1, 1.5 * heat);
    double[] heatColour = {255, 235 * heat, 0};
    int argb = 0xff;
    for (int channel = 0; channel < colour.length; channel++) {
      argb =
          argb << 8
              | (int) Math.round((1 - opacity) * colour[channel] + opacity * heatColour[channel]);
    }
    return argb;
  }
}
