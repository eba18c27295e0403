package org.bilateralbrain.nn;

import org.bilateralbrain.nn.layers.Convolution;

/**
 * VGG-11 (Simonyan and Zisserman, arXiv:1409.1556, configuration A) as torchvision has it: 3x3
 * convolutions with a bias and ReLU, no batch norm. Five max pools leave one pixel of a 32x32
 * image, of which adaptive pooling to 7x7 makes 49 copies; two linear layers of 4096 follow, each
 * with ReLU and dropout of 0.5.
 *
 * <p>With {@code width} 64 and a head of 20 classes it has 128,848,276 trained parameters.
 */
final class Vgg11 {

  /** Channels, in widths, of the convolutions before each max pool. */
  private static final int[][] STAGES = {{1}, {2}, {4, 4}, {8, 8}, {8, 8}};

  private static final int COPIES = 7 * 7;
  private static final int LINEAR_OUTPUTS_PER_WIDTH = 64;
  private static final double DROPOUT = 0.5;

  private Vgg11() {}

  static void stack(LayerStack layers, int width) {
    stackConvolutions(layers, width);
    layers.repeatedGlobalAveragePool("pool", COPIES);
    layers.linearRelu("linear1", LINEAR_OUTPUTS_PER_WIDTH * width).dropout("dropout1", DROPOUT);
    layers.linearRelu("linear2", LINEAR_OUTPUTS_PER_WIDTH * width).dropout("dropout2", DROPOUT);
  }

  /** Without the two linear layers. */
  static void stackFeatures(LayerStack layers, int width) {
    stackConvolutions(layers, width);
    layers.globalAveragePool("pool");
  }

  private static void stackConvolutions(LayerStack layers, int width) {
    int number = 1;
    for (int stage = 0; stage < STAGES.length; stage++) {
      for (int widths : STAGES[stage]) {
        layers
            .convolution("conv" + number, Convolution.of(3, widths * width).withBias())
            .relu("relu" + number);
        number++;
      }
      layers.maxPool("pool" + (stage + 1), 2);
    }
  }
}
