package org.bilateralbrain.nn;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The architectures that a hemisphere can have. */
public enum Backbone {
  RESNET9("resnet9", 8) {
    @Override
    void stack(LayerStack layers, int width) {
      ResNet9.stack(layers, width);
    }
  };

  private final String label;
  private final int featuresPerWidth;

  Backbone(String label, int featuresPerWidth) {
    this.label = label;
    this.featuresPerWidth = featuresPerWidth;
  }

  /** The name in configurations and tables. */
  public String label() {
    return label;
  }

  /** The number of features at the end, for a number of channels after the first convolution (64 in the paper). */
  public int features(int width) {
    return featuresPerWidth * width;
  }

  /** Adds the layers from the image to the vector of features. */
  abstract void stack(LayerStack layers, int width);

  public static Optional<Backbone> named(String label) {
    return Arrays.stream(values()).filter(b -> b.label.equals(label)).findFirst();
  }

  /** All names, for messages. */
  public static String labels() {
    return Arrays.stream(values()).map(Backbone::label).collect(Collectors.joining(", "));
  }
}
