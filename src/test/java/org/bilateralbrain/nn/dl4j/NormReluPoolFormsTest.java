package org.bilateralbrain.nn.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import org.bilateralbrain.nn.dl4j.NormReluPoolForm.Norm;
import org.bilateralbrain.nn.dl4j.NormReluPoolForm.Rectification;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The loops against ND4J's operations, which pass DL4J's gradient check. */
class NormReluPoolFormsTest {

  private static final Rectification RELU_THEN_POOL = new Rectification(Rectification.RELU, 2);

  private final NormReluPoolForm loops = new NormReluPoolLoops();
  private final NormReluPoolForm operations = new NormReluPoolOperations();

  @AfterEach
  void oneThread() {
    NativeThreads.use(1);
  }

  @ParameterizedTest(name = "{0} images of {1} x {1}, {2} channels, pool {3}")
  @CsvSource({
    "5, 8, 16, 1",
    "5, 8, 16, 2",
    "3, 7, 5, 2",
    "1, 4, 3, 1",
    "2, 6, 600, 1",
    "2, 6, 1, 3",
    "4, 32, 130, 2"
  })
  void loopsAndOperationsAgree(int images, int size, int channels, int poolSize) {
    INDArray input = random(1, images, size, size, channels).muli(3).addi(0.7);
    INDArray outputGradient = random(2, images, size / poolSize, size / poolSize, channels);
    Results expected = results(operations, input, relu(poolSize), outputGradient);
    Results actual = results(loops, input, relu(poolSize), outputGradient);

    assertClose(actual, expected);
  }

  @Test
  void loopsAndOperationsAgreeWithoutReluToo() {
    Rectification none = new Rectification(Rectification.NONE, 1);
    INDArray input = random(1, 3, 7, 7, 20).muli(3).addi(0.7);
    INDArray outputGradient = random(2, 3, 7, 7, 20);

    assertClose(
        results(loops, input, none, outputGradient),
        results(operations, input, none, outputGradient));
  }

  private static void assertClose(Results actual, Results expected) {
    assertClose(actual.mean, expected.mean);
    assertClose(actual.variance, expected.variance);
    assertClose(actual.output, expected.output);
    assertClose(actual.inputGradient, expected.inputGradient);
    assertClose(actual.gammaGradient, expected.gammaGradient);
    assertClose(actual.betaGradient, expected.betaGradient);
  }

  private static Rectification relu(int poolSize) {
    return new Rectification(Rectification.RELU, poolSize);
  }

  @Test
  void aPoolsGradientGoesToTheFirstOfEqualValues() {
    INDArray input =
        Nd4j.createFromArray(2f, 2f, 1f, 2f, -5f, -5f, -5f, -5f).reshape('c', 2, 2, 2, 1);
    Norm identity = norm(Nd4j.zeros(DataType.FLOAT, 1), Nd4j.ones(DataType.FLOAT, 1), 1);
    INDArray inputGradient = Nd4j.create(DataType.FLOAT, 2, 2, 2, 1);
    INDArray gamma = Nd4j.create(DataType.FLOAT, 1);
    INDArray beta = Nd4j.create(DataType.FLOAT, 1);
    INDArray outputGradient = Nd4j.createFromArray(3f, 7f).reshape('c', 2, 1, 1, 1);

    loops.backward(input, identity, RELU_THEN_POOL, outputGradient, inputGradient, gamma, beta);

    assertThat(beta.getFloat(0)).as("3 once; nothing where the ReLU is closed").isEqualTo(3);
    float atFirst = inputGradient.getFloat(0);
    float atSecond = inputGradient.getFloat(1);
    assertThat(atFirst - atSecond).isCloseTo(3f, org.assertj.core.api.Assertions.within(1e-4f));
  }

  @Test
  void resultsDoNotDependOnTheNumberOfThreads() {
    INDArray input = random(1, 13, 8, 8, 24);
    INDArray outputGradient = random(2, 13, 4, 4, 24);
    Results one = results(loops, input, RELU_THEN_POOL, outputGradient);
    NativeThreads.use(3);
    Results three = results(loops, input, RELU_THEN_POOL, outputGradient);

    assertThat(three.inputGradient).isEqualTo(one.inputGradient);
    assertThat(three.gammaGradient).isEqualTo(one.gammaGradient);
    assertThat(three.betaGradient).isEqualTo(one.betaGradient);
    assertThat(three.variance).isEqualTo(one.variance);
  }

  private record Results(
      INDArray mean,
      INDArray variance,
      INDArray output,
      INDArray inputGradient,
      INDArray gammaGradient,
      INDArray betaGradient) {}

  private static Results results(
      NormReluPoolForm form, INDArray input, Rectification rectification, INDArray outputGradient) {
    long channels = input.size(3);
    INDArray mean = Nd4j.create(DataType.FLOAT, channels);
    INDArray variance = Nd4j.create(DataType.FLOAT, channels);
    form.statistics(input, mean, variance);
    Norm norm = norm(mean, variance, channels);
    INDArray output = Nd4j.create(DataType.FLOAT, outputGradient.shape());
    form.forward(input, norm, rectification, output);
    INDArray inputGradient =
        Nd4j.create(DataType.FLOAT, input.shape()).addi(99); // whatever was there
    INDArray gammaGradient = Nd4j.create(DataType.FLOAT, channels);
    INDArray betaGradient = Nd4j.create(DataType.FLOAT, channels);
    form.backward(
        input, norm, rectification, outputGradient, inputGradient, gammaGradient, betaGradient);
    return new Results(mean, variance, output, inputGradient, gammaGradient, betaGradient);
  }

  private static Norm norm(INDArray mean, INDArray variance, long channels) {
    INDArray gamma =
        channels == 1 ? Nd4j.ones(DataType.FLOAT, 1) : random(3, channels).muli(0.3).addi(1);
    INDArray beta = channels == 1 ? Nd4j.zeros(DataType.FLOAT, 1) : random(4, channels).muli(0.3);
    return new Norm(mean, variance, gamma, beta);
  }

  private static void assertClose(INDArray actual, INDArray expected) {
    double scale = Math.max(1e-3, expected.amaxNumber().doubleValue());
    assertThat(actual.sub(expected).amaxNumber().doubleValue()).isLessThan(1e-4 * scale);
  }

  private static INDArray random(long seed, long... shape) {
    Nd4j.getRandom().setSeed(seed);
    return Nd4j.randn(DataType.FLOAT, shape);
  }
}
