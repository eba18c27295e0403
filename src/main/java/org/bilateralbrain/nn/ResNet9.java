package org.bilateralbrain.nn;

import org.bilateralbrain.nn.layers.Convolution;

/**
 * ResNet-9 for 32x32 images (the paper's main backbone) and its two variations: 3x3 convolutions,
 * each followed by batch norm and ReLU; the sum of a residual comes after its second ReLU, with
 * none after it.
 *
 * <p>With {@code width} 64 and a head of 100 classes ResNet-9 has 6,619,300 trained parameters.
 */
final class ResNet9 {

  /**
   * Share of the old running statistics that a step keeps: PyTorch's momentum of 0.9 the other way
   * round.
   */
  private static final double DECAY = 0.1;

  /** Likewise for PyTorch's default momentum of 0.1. */
  private static final double SPARSE_DECAY = 0.9;

  private ResNet9() {}

  static void stack(LayerStack layers, int width) {
    new Blocks(layers, false, DECAY).stack(width, 2 * width, 4 * width, 8 * width);
    layers.globalAveragePool("pool");
  }

  /**
   * The variation that is meant to be sparse: convolutions with a bias, and the highest value of
   * each map at the end.
   */
  static void stackSparse(LayerStack layers, int width) {
    new Blocks(layers, true, SPARSE_DECAY).stack(width, 2 * width, 4 * width, 8 * width);
    layers.globalMaxPool("pool");
  }

  /** The sparse variation with its widths the other way round: fewer and fewer channels. */
  static void stackInverted(LayerStack layers, int width) {
    new Blocks(layers, true, SPARSE_DECAY).stack(8 * width, 4 * width, 2 * width, width);
    layers.globalMaxPool("pool");
  }

  private record Blocks(LayerStack layers, boolean biased, double decay) {

    void stack(int first, int second, int third, int fourth) {
      block("conv1", first, 1);
      block("conv2", second, 2);
      residual("res1", second);
      block("conv3", third, 2);
      block("conv4", fourth, 2);
      residual("res2", fourth);
    }

    void block(String name, int channels, int poolSize) {
      Convolution convolution = Convolution.of(3, channels);
      layers
          .convolution(name, biased ? convolution.withBias() : convolution)
          .normReluPool(name + "-norm", decay, poolSize);
    }

    void residual(String name, int channels) {
      String input = layers.top();
      block(name + "-a", channels, 1);
      block(name + "-b", channels, 1);
      layers.add(name + "-sum", input);
    }
  }
}
