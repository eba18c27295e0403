package org.bilateralbrain.nn;

/**
 * The residual networks of 18 to 152 layers (He et al., arXiv:1512.03385) in their usual form for
 * 32x32 images: a 3x3 stem without pooling and four stages, all but the first of which halve height
 * and width. Layer names follow torchvision.
 *
 * @param blocks number of blocks in each stage
 * @param expansion a block's output channels divided by its stage's channels: 1 for basic blocks of
 *     two 3x3 convolutions, 4 for bottlenecks (1x1, 3x3, 1x1)
 */
record DeepResNet(int[] blocks, int expansion) {

  /** PyTorch's default. */
  private static final double MOMENTUM = 0.1;

  static final DeepResNet RESNET18 = new DeepResNet(new int[] {2, 2, 2, 2}, 1);
  static final DeepResNet RESNET34 = new DeepResNet(new int[] {3, 4, 6, 3}, 1);
  static final DeepResNet RESNET50 = new DeepResNet(new int[] {3, 4, 6, 3}, 4);
  static final DeepResNet RESNET101 = new DeepResNet(new int[] {3, 4, 23, 3}, 4);
  static final DeepResNet RESNET152 = new DeepResNet(new int[] {3, 8, 36, 3}, 4);

  void stack(LayerStack net, int width) {
    net.convolution("conv1", 3, width, 1).normReluPool("bn1", MOMENTUM, 1);
    int channelsIn = width;
    for (int stage = 0; stage < blocks.length; stage++) {
      int channels = width << stage;
      for (int block = 0; block < blocks[stage]; block++) {
        String name = "layer%s.%s".formatted(stage + 1, block);
        block(net, name, channelsIn, channels, stage > 0 && block == 0 ? 2 : 1);
        channelsIn = channels * expansion;
      }
    }
    net.globalAveragePool("avgpool", 1);
  }

  private void block(LayerStack net, String name, int channelsIn, int channels, int stride) {
    String input = net.top();
    int channelsOut = channels * expansion;
    if (expansion == 1) {
      net.convolution(name + ".conv1", 3, channels, stride)
          .normReluPool(name + ".bn1", MOMENTUM, 1);
      net.convolution(name + ".conv2", 3, channels, 1).norm(name + ".bn2", MOMENTUM);
    } else {
      net.convolution(name + ".conv1", 1, channels, 1).normReluPool(name + ".bn1", MOMENTUM, 1);
      net.convolution(name + ".conv2", 3, channels, stride)
          .normReluPool(name + ".bn2", MOMENTUM, 1);
      net.convolution(name + ".conv3", 1, channelsOut, 1).norm(name + ".bn3", MOMENTUM);
    }
    String last = net.top();
    String shortcut = input;
    if (stride > 1 || channelsIn != channelsOut) {
      net.from(input)
          .convolution(name + ".downsample.0", 1, channelsOut, stride)
          .norm(name + ".downsample.1", MOMENTUM);
      shortcut = net.top();
    }
    net.from(last).sum(name + ".sum", shortcut).relu(name);
  }
}
