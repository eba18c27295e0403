package org.bilateralbrain.nn;

/**
 * VGG-11 (Simonyan and Zisserman, arXiv:1409.1556, configuration A) as in torchvision: 3x3
 * convolutions with bias and ReLU, no batch norm. Five max pools reduce a 32x32 image to one pixel,
 * which adaptive pooling to 7x7 repeats 49 times; two linear layers of 4096 units follow, each with
 * ReLU and dropout of 0.5. Initial values follow torchvision's rules, too.
 *
 * <p>With {@code width} 64 and a head of 20 classes it has 128,848,276 trained parameters.
 */
final class Vgg11 {

  /** Channels of the convolutions before each max pool, as multiples of the width. */
  private static final int[][] STAGES = {{1}, {2}, {4, 4}, {8, 8}, {8, 8}};

  /** Of the last feature map's only pixel. */
  static final int COPIES = 7 * 7;

  private static final int LINEAR_OUTPUTS_PER_WIDTH = 64;
  private static final double DROPOUT = 0.5;

  private Vgg11() {}

  static void stack(LayerStack net, int width) {
    stackConvolutions(net, width);
    net.globalAveragePool("vgg.avgpool", COPIES);
    int outputs = LINEAR_OUTPUTS_PER_WIDTH * width;
    net.linearRelu("vgg.classifier.0", outputs).dropout("vgg.classifier.2", DROPOUT);
    net.linearRelu("vgg.classifier.3", outputs).dropout("vgg.classifier.5", DROPOUT);
  }

  /** Without the two linear layers, so that the features are the 49 copies. */
  static void stackFeatures(LayerStack net, int width) {
    stackConvolutions(net, width);
    net.globalAveragePool("vgg.avgpool", COPIES);
  }

  /** PyTorch numbers convolutions, ReLUs and pools consecutively. */
  private static void stackConvolutions(LayerStack net, int width) {
    net.startedAs(InitialValues.TORCHVISION_VGG);
    int module = 0;
    for (int[] stage : STAGES) {
      for (int widths : stage) {
        net.biasedConvolution("vgg.features." + module++, widths * width);
        net.relu("vgg.features." + module++);
      }
      net.maxPool("vgg.features." + module++, 2);
    }
  }
}
