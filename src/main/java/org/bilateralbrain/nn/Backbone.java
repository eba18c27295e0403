package org.bilateralbrain.nn;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.ObjIntConsumer;
import java.util.stream.Collectors;

/** The architectures available for a hemisphere. */
public enum Backbone {
  RESNET9("resnet9", 8, ResNet9::stack),
  SPARSE_RESNET9("sparse_resnet9", 8, ResNet9::stackSparse),
  INVERTED_RESNET9("inverted_resnet9", 1, ResNet9::stackInverted),
  RESNET18("resnet18", 8, DeepResNet.RESNET18::stack),
  RESNET34("resnet34", 8, DeepResNet.RESNET34::stack),
  RESNET50("resnet50", 32, DeepResNet.RESNET50::stack),
  RESNET101("resnet101", 32, DeepResNet.RESNET101::stack),
  RESNET152("resnet152", 32, DeepResNet.RESNET152::stack),
  VGG11("vgg11", 64, Vgg11::stack),
  VGG11_FEATURES("vgg11_features", 8 * Vgg11.COPIES, Vgg11.COPIES, Vgg11::stackFeatures);

  private final String label;
  private final int featuresPerWidth;
  private final int copies;

  @SuppressWarnings("ImmutableEnumChecker") // each is a reference to a static method
  private final ObjIntConsumer<LayerStack> layers;

  /**
   * @param featuresPerWidth length of the feature vector divided by the width
   * @param layers adds the layers from the image to the feature vector, for a given width
   */
  Backbone(String label, int featuresPerWidth, ObjIntConsumer<LayerStack> layers) {
    this(label, featuresPerWidth, 1, layers);
  }

  /**
   * @param copies how often the feature vector holds each value
   */
  Backbone(String label, int featuresPerWidth, int copies, ObjIntConsumer<LayerStack> layers) {
    this.label = label;
    this.featuresPerWidth = featuresPerWidth;
    this.copies = copies;
    this.layers = layers;
  }

  /** The name in configurations and tables. */
  public String label() {
    return label;
  }

  /** The length of the feature vector at a width (64 in the paper). */
  public int features(int width) {
    return featuresPerWidth * width;
  }

  /** How often the feature vector holds each value, one copy beside the other. */
  int copies() {
    return copies;
  }

  void stack(LayerStack stack, int width) {
    layers.accept(stack, width);
  }

  public static Optional<Backbone> named(String label) {
    return Arrays.stream(values()).filter(b -> b.label.equals(label)).findFirst();
  }

  /** All names, separated by commas, for messages. */
  public static String labels() {
    return Arrays.stream(values()).map(Backbone::label).collect(Collectors.joining(", "));
  }
}
