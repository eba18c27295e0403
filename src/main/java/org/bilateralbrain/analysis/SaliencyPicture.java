package org.bilateralbrain.analysis;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.Images;
import org.bilateralbrain.nn.Architecture.Depth;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.SaliencyFile;

/**
 * A picture of an image, followed to the right by copies of it under saliency maps: one column for
 * each explained prediction, one row for each depth.
 */
final class SaliencyPicture {

  /** Edge length in the picture of one pixel of the image. */
  private static final int ZOOM = 3;

  private static final int SIDE = Images.SIZE * ZOOM;
  private static final int GAP = 4;

  /** Opacity of the map at its maximum. */
  private static final double MAX_OPACITY = 0.65;

  private SaliencyPicture() {}

  /** The name says which image, whose prediction and what was predicted. */
  static String fileName(int position, String head, String predicted) {
    return "saliency-%s-%s-%s.png"
        .formatted(position, head, predicted.replaceAll("[^A-Za-z0-9_-]+", "_"));
  }

  /**
   * Writes a PNG and returns its description.
   *
   * @param position of the image in the test set
   */
  static SaliencyFile.Picture write(
      DataSet dataSet,
      int position,
      List<Explanation.Column> columns,
      String file,
      ArtifactWriter artifact)
      throws IOException {
    artifact.write(file, out -> write(dataSet.test(), position, columns, out));
    return new SaliencyFile.Picture(
        file,
        position,
        List.of(
            dataSet.hierarchy().fineNames().get(dataSet.test().fineLabel(position)),
            dataSet.hierarchy().coarseNames().get(dataSet.test().coarseLabel(position))),
        columns.stream().map(Explanation.Column::description).toList());
  }

  private static void write(
      Images images, int image, List<Explanation.Column> columns, OutputStream out)
      throws IOException {
    int rows = Depth.values().length;
    BufferedImage picture =
        new BufferedImage(
            (columns.size() + 1) * (SIDE + GAP) - GAP,
            rows * (SIDE + GAP) - GAP,
            BufferedImage.TYPE_INT_ARGB);
    int top = 0;
    for (Depth depth : Depth.values()) {
      draw(images, image, SaliencyMap.empty(Images.SIZE), 0, top, picture);
      for (int i = 0; i < columns.size(); i++) {
        SaliencyMap map = Objects.requireNonNull(columns.get(i).maps().get(depth));
        draw(images, image, map, (i + 1) * (SIDE + GAP), top, picture);
      }
      top += SIDE + GAP;
    }
    if (!ImageIO.write(picture, "png", out)) {
      throw new IOException("This Java has no PNG encoder");
    }
  }

  /**
   * Each pixel of the image in one colour, as files of smooth maps are six times as large.
   *
   * @param map of the size of the image, from 0 to 1
   */
  private static void draw(
      Images images, int image, SaliencyMap map, int left, int top, BufferedImage picture) {
    for (int row = 0; row < SIDE; row++) {
      for (int column = 0; column < SIDE; column++) {
        int y = row / ZOOM;
        int x = column / ZOOM;
        int[] colour = colour(images, image, y, x);
        picture.setRGB(left + column, top + row, blended(colour, map.at(y, x)));
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
