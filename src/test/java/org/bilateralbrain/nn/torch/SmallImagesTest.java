package org.bilateralbrain.nn.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against libtorch's convolution of the images one by one. */
class SmallImagesTest {

  private static final long[] ONE_PIXEL = {1, 1};

  @BeforeAll
  static void load() {
    Library.load();
  }

  @ParameterizedTest(name = "{0} images of {1} x {2}, {3} channels to {4}, {5}")
  @CsvSource({
    "1, 4, 4, 16, 16, ChannelsLast",
    "3, 4, 4, 16, 32, ChannelsLast",
    "5, 8, 8, 7, 3, ChannelsLast",
    "4, 3, 6, 5, 5, ChannelsLast",
    "2, 1, 1, 8, 4, ChannelsLast",
    "3, 2, 2, 4, 8, Contiguous",
  })
  @SuppressWarnings("try") // the resource is only a scope
  void sideBySideTheyHaveTheSameSumsAndGradients(
      int count, int height, int width, int channels, int outputs, MemoryFormat format) {
    Random random = new Random(count);
    try (PointerScope scope = new PointerScope()) {
      Tensor images = random(random, count, channels, height, width).contiguous(format);
      Tensor weight = random(random, outputs, channels, 3, 3);
      Tensor bias = random(random, outputs);
      List<Tensor> inputs = List.of(images, weight, bias);
      inputs.forEach(input -> input.set_requires_grad(true));
      Tensor loss = random(random, count, outputs, height, width);

      List<float[]> oneByOne =
          sumsAndGradients(
              inputs,
              loss,
              shift -> torch.conv2d(images, weight, shift, ONE_PIXEL, ONE_PIXEL, ONE_PIXEL, 1));
      List<float[]> sideBySide =
          sumsAndGradients(inputs, loss, shift -> SmallImages.convolved(images, weight, shift));

      for (int i = 0; i < oneByOne.size(); i++) {
        assertThat(sideBySide.get(i)).containsExactly(oneByOne.get(i), within(1e-4f));
      }
      assertThat(SmallImages.convolved(images, weight, new TensorOptional()).is_contiguous(format))
          .isTrue();
    }
  }

  private static Tensor random(Random random, long... shape) {
    int size = 1;
    for (long dimension : shape) {
      size *= (int) dimension;
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.create(values, shape);
  }

  private static List<float[]> sumsAndGradients(
      List<Tensor> inputs, Tensor ofLoss, Function<TensorOptional, Tensor> convolution) {
    Tensor sums = convolution.apply(new TensorOptional(inputs.get(2)));
    sums.mul(ofLoss).sum().backward();
    List<float[]> values =
        List.of(
            values(sums),
            values(inputs.get(0).grad()),
            values(inputs.get(1).grad()),
            values(inputs.get(2).grad()));
    inputs.forEach(input -> input.mutable_grad().reset());
    return values;
  }

  private static float[] values(Tensor tensor) {
    Tensor flat = tensor.detach().contiguous().flatten();
    float[] values = new float[(int) flat.numel()];
    flat.data_ptr_float().get(values);
    return values;
  }
}
