package org.bilateralbrain.analysis;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.bilateralbrain.data.DataSet;
import org.bilateralbrain.data.ImageShape;
import org.bilateralbrain.data.Images;
import org.bilateralbrain.nn.Architecture.Depth;
import org.bilateralbrain.store.ArtifactWriter;
import org.bilateralbrain.store.SaliencyFile;

/**
 * A picture of an image, followed to the right by copies of it under saliency maps: one column for
 * each explained prediction, one row for each depth.
 */
final class SaliencyPicture {

  /** Least edge length of an image in the picture. */
  private static final int MIN_SIDE = 96;

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
    int size = images.shape().size();
    int zoom = Math.max(1, (MIN_SIDE + size - 1) / size);
    int step = size * zoom + GAP;
    BufferedImage picture =
        new BufferedImage(
            (columns.size() + 1) * step - GAP, rows * step - GAP, BufferedImage.TYPE_INT_ARGB);
    int top = 0;
    for (Depth depth : Depth.values()) {
      draw(images, image, SaliencyMap.empty(size), zoom, 0, top, picture);
      for (int i = 0; i < columns.size(); i++) {
        SaliencyMap map = Objects.requireNonNull(columns.get(i).maps().get(depth));
        draw(images, image, map, zoom, (i + 1) * step, top, picture);
      }
      top += step;
    }
    if (!ImageIO.write(picture, "png", out)) {
      throw new IOException("This Java has no PNG encoder");
    }
  }

  /**
   * Each pixel of the image in one colour, as files of smooth maps are six times as large.
   *
   * @param map of the size of the image, from 0 to 1
   * @param zoom edge length in the picture of one pixel of the image
   */
  private static void draw(
      Images images,
      int image,
      SaliencyMap map,
      int zoom,
      int left,
      int top,
      BufferedImage picture) {
    int size = images.shape().size();
    byte[] pixels = new byte[images.shape().bytes()];
    images.copyPixels(image, pixels);
    for (int row = 0; row < size * zoom; row++) {
      for (int column = 0; column < size * zoom; column++) {
        int y = row / zoom;
        int x = column / zoom;
        int[] colour = colour(pixels, images.shape(), y * size + x);
        picture.setRGB(left + column, top + row, blended(colour, map.at(y, x)));
      }
    }
  }

  /** Red, green and blue. */
  private static int[] colour(byte[] planes, ImageShape shape, int pixel) {
    int[] colour = new int[3];
    for (int channel = 0; channel < colour.length; channel++) {
      int plane = Math.min(channel, shape.channels() - 1);
      colour[channel] = Byte.toUnsignedInt(planes[plane * shape.pixels() + pixel]);
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
