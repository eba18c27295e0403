package org.bilateralbrain.nn;

import org.bilateralbrain.nn.layers.Convolution;

/**
 * The residual networks of 18 to 152 layers (He et al., arXiv:1512.03385) in their usual form for
 * 32x32 images: a 3x3 stem without pooling and four stages, of which all but the first halve height
 * and width.
 *
 * @param blocks of each stage
 * @param expansion channels that a block puts out, in its stage's channels: 1 for basic blocks of
 *     two 3x3 convolutions, 4 for bottlenecks (1x1, 3x3, 1x1)
 */
record DeepResNet(int[] blocks, int expansion) {

  /** Share of the old running statistics that a step keeps: PyTorch's default. */
  private static final double DECAY = 0.9;

  static final DeepResNet RESNET18 = new DeepResNet(new int[] {2, 2, 2, 2}, 1);
  static final DeepResNet RESNET34 = new DeepResNet(new int[] {3, 4, 6, 3}, 1);
  static final DeepResNet RESNET50 = new DeepResNet(new int[] {3, 4, 6, 3}, 4);
  static final DeepResNet RESNET101 = new DeepResNet(new int[] {3, 4, 23, 3}, 4);
  static final DeepResNet RESNET152 = new DeepResNet(new int[] {3, 8, 36, 3}, 4);

  void stack(LayerStack layers, int width) {
    layers.convolution("stem", Convolution.of(3, width)).normReluPool("stem-norm", DECAY, 1);
    int channelsIn = width;
    for (int stage = 0; stage < blocks.length; stage++) {
      int channels = width << stage;
      for (int block = 0; block < blocks[stage]; block++) {
        String name = "stage%s-block%s".formatted(stage + 1, block + 1);
        block(layers, name, channelsIn, channels, stage > 0 && block == 0 ? 2 : 1);
        channelsIn = channels * expansion;
      }
    }
    layers.globalAveragePool("pool");
  }

  private void block(LayerStack layers, String name, int channelsIn, int channels, int stride) {
    String input = layers.top();
    int channelsOut = channels * expansion;
    if (expansion == 1) {
      normalised(layers, name + "-a", 3, channels, stride);
      layers.convolution(name + "-b", Convolution.of(3, channels));
    } else {
      normalised(layers, name + "-a", 1, channels, 1);
      normalised(layers, name + "-b", 3, channels, stride);
      layers.convolution(name + "-c", Convolution.of(1, channelsOut));
    }
    String last = layers.norm(name + (expansion == 1 ? "-b-norm" : "-c-norm"), DECAY).top();
    String shortcut = input;
    if (stride > 1 || channelsIn != channelsOut) {
      layers
          .from(input)
          .convolution(name + "-shortcut", Convolution.of(1, channelsOut).withStride(stride));
      shortcut = layers.norm(name + "-shortcut-norm", DECAY).top();
    }
    layers.from(last).add(name + "-sum", shortcut).relu(name + "-relu");
  }

  private static void normalised(
      LayerStack layers, String name, int kernelSize, int channels, int stride) {
    layers
        .convolution(name, Convolution.of(kernelSize, channels).withStride(stride))
        .normReluPool(name + "-norm", DECAY, 1);
  }
}
