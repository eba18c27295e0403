package org.bilateralbrain.train;

import org.bilateralbrain.data.Batch;
import org.bilateralbrain.data.Images;
import org.bilateralbrain.nn.Head;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One step's examples.
 *
 * @param input images (batch, height, width, channels) or features (batch, features)
 * @param fine labels
 * @param coarse labels
 */
public record MiniBatch(INDArray input, int[] fine, int[] coarse) {

  static MiniBatch ofImages(Batch batch) {
    INDArray images =
        Nd4j.createFromArray(batch.pixels())
            .reshape('c', batch.count(), Images.SIZE, Images.SIZE, Images.CHANNELS);
    return new MiniBatch(images, batch.fine(), batch.coarse());
  }

  public int count() {
    return fine.length;
  }

  int[] labels(Head head) {
    return switch (head) {
      case FINE -> fine;
      case COARSE -> coarse;
    };
  }

  /** Labels as rows with a single one, as DL4J's losses want them. */
  INDArray oneHot(Head head, long classes) {
    int[] labels = labels(head);
    float[] rows = new float[Math.toIntExact(labels.length * classes)];
    for (int i = 0; i < labels.length; i++) {
      rows[Math.toIntExact(i * classes) + labels[i]] = 1;
    }
    return Nd4j.createFromArray(rows).reshape('c', labels.length, classes);
  }
}
