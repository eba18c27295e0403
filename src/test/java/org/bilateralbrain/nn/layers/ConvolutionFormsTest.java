package org.bilateralbrain.nn.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** oneDNN called directly against ND4J's operations, which pass DL4J's gradient check. */
class ConvolutionFormsTest {

  @ParameterizedTest(name = "{0} images of {1} x {1}, {2} to {3} channels, kernel {4}")
  @CsvSource({"4, 8, 3, 16, 3", "3, 5, 16, 32, 3", "2, 4, 7, 5, 3", "1, 6, 32, 16, 1", "5, 32, 8, 8, 3"})
  void bothFormsAgree(int images, int size, int channelsIn, int channelsOut, int kernel) {
    assumeTrue(OneDnn.isAvailable(), "oneDNN can't be loaded on this machine");
    INDArray input = random(1, images, size, size, channelsIn);
    // As in a network, weights and their gradient are parts of one long vector.
    INDArray weights = partOfAVector(random(2, 1000), kernel, kernel, channelsIn, channelsOut);
    INDArray outputGradient = random(3, images, size, size, channelsOut);
    INDArray[] expected = results(new ConvolutionOperations(), input, weights, outputGradient);
    INDArray[] actual = results(new ConvolutionOneDnn(), input, weights, outputGradient);

    for (int i = 0; i < expected.length; i++) {
      double scale = expected[i].amaxNumber().doubleValue();
      assertThat(actual[i].sub(expected[i]).amaxNumber().doubleValue()).as("result %d", i).isLessThan(1e-4 * scale);
    }
  }

  private static INDArray[] results(
      ConvolutionForm form, INDArray input, INDArray weights, INDArray outputGradient) {
    INDArray output = Nd4j.create(DataType.FLOAT, outputGradient.shape());
    form.forward(input, weights, output);
    INDArray inputGradient = Nd4j.create(DataType.FLOAT, input.shape());
    INDArray weightGradient = partOfAVector(Nd4j.create(DataType.FLOAT, 1000), weights.shape());
    form.backward(input, weights, outputGradient, inputGradient, weightGradient);
    INDArray weightGradientAlone = partOfAVector(Nd4j.create(DataType.FLOAT, 1000), weights.shape());
    form.backwardToWeights(input, weights, outputGradient, weightGradientAlone);
    return new INDArray[] {output, inputGradient, weightGradient, weightGradientAlone};
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
