package org.bilateralbrain.nn.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bilateralbrain.nn.dl4j.ConvolutionForm.Kernel;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** oneDNN called directly against ND4J's operations, which pass DL4J's gradient check. */
class ConvolutionFormsTest {

  @ParameterizedTest(
      name = "{0} images of {1} x {1}, {2} to {3} channels, kernel {4}, stride {5}, bias: {6}")
  @CsvSource({
    "4, 8, 3, 16, 3, 1, false", "3, 5, 16, 32, 3, 1, true", "2, 4, 7, 5, 3, 1, false",
        "1, 6, 32, 16, 1, 1, false",
    "5, 32, 8, 8, 3, 1, true", "3, 8, 8, 16, 3, 2, false", "3, 8, 16, 8, 1, 2, false",
        "2, 7, 8, 8, 3, 2, true",
    "2, 7, 8, 8, 1, 2, false", "4, 8, 4, 8, 1, 2, false"
  })
  void bothFormsAgree(
      int images,
      int size,
      int channelsIn,
      int channelsOut,
      int kernelSize,
      int stride,
      boolean biased) {
    assumeTrue(OneDnnConvolution.OneDnn.isAvailable(), "oneDNN can't be loaded on this machine");
    INDArray input = random(1, images, size, size, channelsIn);
    // As in a network, weights and their gradient are parts of one long vector.
    INDArray weights =
        partOfAVector(random(2, 1000), kernelSize, kernelSize, channelsIn, channelsOut);
    Optional<INDArray> bias =
        biased ? Optional.of(partOfAVector(random(4, 1000), channelsOut)) : Optional.empty();
    Kernel kernel = new Kernel(weights, bias, stride);
    long extent = Kernel.extent(size, kernelSize, stride);
    INDArray outputGradient = random(3, images, extent, extent, channelsOut);
    List<INDArray> expected =
        results(new ConvolutionForm.ConvolutionOperations(), input, kernel, outputGradient);
    List<INDArray> actual = results(new ConvolutionOneDnn(), input, kernel, outputGradient);

    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      double scale = expected.get(i).amaxNumber().doubleValue();
      assertThat(actual.get(i).sub(expected.get(i)).amaxNumber().doubleValue())
          .as("result %d", i)
          .isLessThan(1e-4 * scale);
    }
  }

  private static List<INDArray> results(
      ConvolutionForm form, INDArray input, Kernel kernel, INDArray outputGradient) {
    INDArray output = Nd4j.create(DataType.FLOAT, outputGradient.shape());
    form.forward(input, kernel, output);
    INDArray inputGradient = Nd4j.create(DataType.FLOAT, input.shape());
    Kernel gradient = like(kernel);
    form.backward(input, kernel, outputGradient, inputGradient, gradient);
    Kernel gradientAlone = like(kernel);
    form.backwardToKernel(input, kernel, outputGradient, gradientAlone);
    List<INDArray> results =
        new ArrayList<>(
            List.of(output, inputGradient, gradient.weights(), gradientAlone.weights()));
    gradient.bias().ifPresent(results::add);
    gradientAlone.bias().ifPresent(results::add);
    return results;
  }

  private static Kernel like(Kernel kernel) {
    INDArray filler = Nd4j.create(DataType.FLOAT, 1000);
    return new Kernel(
        partOfAVector(filler, kernel.weights().shape()),
        kernel.bias().map(bias -> partOfAVector(filler, bias.shape())),
        kernel.stride());
  }

  private static INDArray partOfAVector(INDArray filler, long... shape) {
    long length = 1;
    for (long s : shape) {
      length *= s;
    }
    INDArray vector = Nd4j.concat(0, filler, random(9, length));
    return vector.get(NDArrayIndex.interval(1000, 1000 + length)).reshape('c', shape);
  }

  private static INDArray random(long seed, long... shape) {
    Nd4j.getRandom().setSeed(seed);
    return Nd4j.randn(DataType.FLOAT, shape);
  }
}
