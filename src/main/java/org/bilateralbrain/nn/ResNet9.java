package org.bilateralbrain.nn;

/**
 * ResNet-9 for 32x32 images (the paper's main backbone) and its two variants: 3x3 convolutions,
 * each followed by batch norm and ReLU. A residual block adds its input after the second ReLU, and
 * no ReLU follows. Layer names follow the reference implementation.
 *
 * <p>With {@code width} 64 and a head of 100 classes ResNet-9 has 6,619,300 trained parameters.
 */
final class ResNet9 {

  /**
   * The paper's, unusually large: each batch makes up nine tenths of the new running statistics.
   */
  private static final double MOMENTUM = 0.9;

  /** PyTorch's default. */
  private static final double SPARSE_MOMENTUM = 0.1;

  private ResNet9() {}

  static void stack(LayerStack net, int width) {
    block(net, "conv1", width, 1);
    block(net, "conv2", 2 * width, 2);
    residual(net, "res1", 2 * width);
    block(net, "conv3", 4 * width, 2);
    block(net, "conv4", 8 * width, 2);
    residual(net, "res2.0", 8 * width);
    net.globalAveragePool("pool", 1);
  }

  private static void block(LayerStack net, String name, int channels, int pool) {
    net.convolution(name + ".0", 3, channels, 1).normReluPool(name + ".1", MOMENTUM, pool);
  }

  private static void residual(LayerStack net, String name, int channels) {
    String input = net.top();
    for (String convolution : new String[] {name + ".conv_res1", name + ".conv_res2"}) {
      net.convolution(convolution, 3, channels, 1).normReluPool(convolution + "_bn", MOMENTUM, 1);
    }
    net.sum(name, input);
  }

  /**
   * The variant for sparse hemispheres: convolutions with bias, and global max pooling at the end.
   */
  static void stackSparse(LayerStack net, int width) {
    stackSparse(net, width, 2 * width, 4 * width, 8 * width);
  }

  /** The sparse variant with its widths reversed: fewer channels from block to block. */
  static void stackInverted(LayerStack net, int width) {
    stackSparse(net, 8 * width, 4 * width, 2 * width, width);
  }

  private static void stackSparse(LayerStack net, int first, int second, int third, int fourth) {
    sparseBlock(net, "conv1", first, 1);
    sparseBlock(net, "conv2", second, 2);
    sparseResidual(net, "res1", second);
    sparseBlock(net, "conv3", third, 2);
    sparseBlock(net, "conv4", fourth, 2);
    sparseResidual(net, "res2", fourth);
    net.globalMaxPool("pool");
  }

  /**
   * Batch norm has index 2 because the k-winners, which have no parameters, are index 1 of the
   * reference's module.
   */
  private static void sparseBlock(LayerStack net, String name, int channels, int pool) {
    net.biasedConvolution(name + ".0", channels).normReluPool(name + ".2", SPARSE_MOMENTUM, pool);
  }

  private static void sparseResidual(LayerStack net, String name, int channels) {
    String input = net.top();
    sparseBlock(net, name + ".0", channels, 1);
    sparseBlock(net, name + ".1", channels, 1);
    net.sum(name, input);
  }
}
