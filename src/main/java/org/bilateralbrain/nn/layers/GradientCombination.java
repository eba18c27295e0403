package org.bilateralbrain.nn.layers;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * From the gradient at the normalised values of an image to that at its values, channel by channel.
 */
final class GradientCombination {
  private final ImageLayout layout;
  private final float[] ofGradient;
  private final float[] ofInput;
  private final float[] constant;
  private final FloatStorage source;
  private final FloatStorage target;
  private final float[] values;
  private final float[] gradients;

  GradientCombination(
      ImageLayout layout,
      float[] ofGradient,
      float[] ofInput,
      float[] constant,
      INDArray input,
      INDArray inputGradient) {
    this.layout = layout;
    this.ofGradient = ofGradient;
    this.ofInput = ofInput;
    this.constant = constant;
    source = new FloatStorage(input);
    target = new FloatStorage(inputGradient);
    values = new float[layout.pixelsAtATime() * layout.channels()];
    gradients = new float[values.length];
  }

  void image(int image) {
    int channels = layout.channels();
    for (int pixel = 0; pixel < layout.pixels(); pixel += layout.pixelsAtATime()) {
      int count = Math.min(layout.pixelsAtATime(), layout.pixels() - pixel) * channels;
      long position = layout.position(image, pixel);
      source.read(position, values, count);
      target.read(position, gradients, count);
      for (int start = 0; start < count; start += channels) {
        ChannelLoops.combine(values, gradients, start, ofGradient, ofInput, constant);
      }
      target.write(position, gradients, count);
    }
  }
}
