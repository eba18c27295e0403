package org.bilateralbrain.nn.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bilateralbrain.nn.Optimiser;
import org.bilateralbrain.nn.Rates;
import org.bilateralbrain.nn.dl4j.OptimiserForm.Step;
import org.bilateralbrain.nn.dl4j.OptimiserForm.Vectors;
import org.bilateralbrain.nn.dl4j.Segment.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Java loops and ND4J's operations take the same steps. */
class OptimiserFormsTest {

  /** Three pieces, the last one not full, then running statistics, then frozen values. */
  private static final int LEARNED = 2 * FloatStorage.PIECE + 77;

  private static final int DECAYED = 5000;
  private static final int FOLLOWING = 90;
  private static final int FROZEN = 33;
  private static final int ALL = LEARNED + FOLLOWING + FROZEN;

  private static final List<Segment> SEGMENTS =
      List.of(
          new Segment(Role.LEARNED, 0.1, 0, 0, DECAYED),
          new Segment(Role.FOLLOWING, 0, DECAYED, DECAYED, FOLLOWING),
          new Segment(Role.LEARNED, 0, DECAYED + FOLLOWING + FROZEN, DECAYED, LEARNED - DECAYED));

  static Stream<Optimiser> optimisers() {
    return Stream.of(
        Optimiser.Adam.DEFAULT,
        new Optimiser.Adam(0.8, 0.99, 1e-5, true),
        new Optimiser.Sgd(0, false),
        new Optimiser.Sgd(0.9, false),
        new Optimiser.Sgd(0.9, true));
  }

  @ParameterizedTest
  @MethodSource("optimisers")
  void bothFormsTakeTheSameSteps(Optimiser optimiser) {
    Vectors ofLoops = vectors(optimiser);
    Vectors ofOperations = vectors(optimiser);
    float[] start = ofLoops.parameters().toFloatVector();
    take(ofLoops, optimiser, OptimiserLoops::new);
    take(ofOperations, optimiser, OptimiserOperations::new);

    assertClose(ofLoops.parameters(), ofOperations.parameters());
    assertClose(ofLoops.average().orElseThrow(), ofOperations.average().orElseThrow());
    for (int i = 0; i < ofLoops.state().size(); i++) {
      assertClose(ofLoops.state().get(i), ofOperations.state().get(i));
    }
    float[] end = ofLoops.parameters().toFloatVector();
    for (int i = DECAYED + FOLLOWING; i < DECAYED + FOLLOWING + FROZEN; i++) {
      assertThat(end[i]).as("frozen").isEqualTo(start[i]);
    }
  }

  @Test
  void theNormIsThatOfWhatLearns() {
    Vectors vectors = vectors(Optimiser.Adam.DEFAULT);
    vectors.gradients().assign(noise(0));
    float[] gradients = vectors.gradients().toFloatVector();
    double squares = 0;
    for (int i = 0; i < ALL; i++) {
      boolean learns = i < DECAYED || i >= DECAYED + FOLLOWING + FROZEN;
      squares += learns ? (double) gradients[i] * gradients[i] : 0;
    }
    double expected = Math.sqrt(squares);
    assertThat(new OptimiserLoops(vectors).gradientNorm())
        .isCloseTo(expected, within(1e-12 * expected));
    assertThat(new OptimiserOperations(vectors).gradientNorm())
        .isCloseTo(expected, within(1e-4 * expected));
  }

  @Test
  void adamFollowsTheOriginalAlgorithmEvenForGradientsAsSmallAsEpsilon() {
    float[] gradients = {1e-8f, -3e-8f, 1e-5f, 0.5f, -2};
    Vectors vectors =
        new Vectors(
            List.of(new Segment(Role.LEARNED, 0, 0, 0, gradients.length)),
            Nd4j.zeros(gradients.length),
            Nd4j.zeros(gradients.length),
            List.of(Nd4j.zeros(gradients.length), Nd4j.zeros(gradients.length)),
            Optional.empty());
    OptimiserForm form = new OptimiserLoops(vectors);
    double[] m = new double[gradients.length];
    double[] v = new double[gradients.length];
    for (int step = 1; step <= 5; step++) {
      vectors.parameters().assign(0);
      vectors.gradients().assign(Nd4j.createFromArray(gradients));
      form.take(new Step(Optimiser.Adam.DEFAULT, new Rates(0.1, 0.9), 1, 1, step, 0));

      for (int i = 0; i < gradients.length; i++) {
        m[i] = 0.9 * m[i] + 0.1 * gradients[i];
        v[i] = 0.999 * v[i] + 0.001 * gradients[i] * gradients[i];
        double expected =
            -0.1
                * (m[i] / (1 - Math.pow(0.9, step)))
                / (Math.sqrt(v[i] / (1 - Math.pow(0.999, step))) + 1e-8);
        assertThat(vectors.parameters().getDouble(i))
            .isCloseTo(expected, within(2e-4 * Math.abs(expected)));
      }
    }
  }

  private static void take(
      Vectors vectors, Optimiser optimiser, Function<Vectors, OptimiserForm> create) {
    OptimiserForm form = create.apply(vectors);
    for (int step = 1; step <= 4; step++) {
      vectors.gradients().assign(noise(step));
      form.take(new Step(optimiser, new Rates(0.01 * step, 0.85), 3, 0.5, step, 0.9));
    }
  }

  private static Vectors vectors(Optimiser optimiser) {
    int states = optimiser instanceof Optimiser.Adam ? 2 : optimiser.momentum() > 0 ? 1 : 0;
    return new Vectors(
        SEGMENTS,
        noise(100),
        Nd4j.zeros(ALL),
        Stream.generate(() -> Nd4j.zeros(LEARNED)).limit(states).toList(),
        Optional.of(Nd4j.zeros(LEARNED)));
  }

  private static INDArray noise(long seed) {
    Random random = new Random(seed);
    float[] values = new float[ALL];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Nd4j.createFromArray(values);
  }

  /** Adam's quotient loses a digit where the moments are small. */
  private static void assertClose(INDArray actual, INDArray expected) {
    double scale = expected.amaxNumber().doubleValue();
    assertThat(scale).isPositive();
    assertThat(actual.sub(expected).amaxNumber().doubleValue()).isLessThan(1e-5 * scale);
  }
}
