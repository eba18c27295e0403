package org.bilateralbrain.nn;

/**
 * ResNet-9 for 32x32 images (the paper's main backbone): 3x3 convolutions without bias, each followed by batch norm
 * and ReLU; the sum of a residual comes after its second ReLU, with none after it.
 *
 * <p>With {@code width} 64 and a head of 100 classes it has 6,619,300 trained parameters.
 */
final class ResNet9 {

  /** Share of the old running statistics that a step keeps: PyTorch's momentum of 0.9 the other way round. */
  private static final double DECAY = 0.1;

  private ResNet9() {}

  static void stack(LayerStack layers, int width) {
    block(layers, "conv1", width, 1);
    block(layers, "conv2", 2 * width, 2);
    residual(layers, "res1", 2 * width);
    block(layers, "conv3", 4 * width, 2);
    block(layers, "conv4", 8 * width, 2);
    residual(layers, "res2", 8 * width);
    layers.globalAveragePool("pool");
  }

  private static void block(LayerStack layers, String name, int channels, int poolSize) {
    layers.convolution(name, 3, channels).normReluPool(name + "-norm", DECAY, poolSize);
  }

  private static void residual(LayerStack layers, String name, int channels) {
    String input = layers.top();
    block(layers, name + "-a", channels, 1);
    block(layers, name + "-b", channels, 1);
    layers.add(name + "-sum", input);
  }
}
