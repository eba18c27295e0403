package org.bilateralbrain.nn.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One pass over the parameters, in pieces that threads share. */
final class OptimiserLoops implements OptimiserForm {

  /** Part of a segment. */
  private record Piece(Segment segment, long offset, int count) {

    long start() {
      return segment.start() + offset;
    }

    long learnedStart() {
      return segment.learnedStart() + offset;
    }
  }

  private final Vectors vectors;
  private final List<Piece> pieces = new ArrayList<>();

  OptimiserLoops(Vectors vectors) {
    this.vectors = vectors;
    for (Segment segment : vectors.segments()) {
      for (long offset = 0; offset < segment.count(); offset += FloatStorage.PIECE) {
        int count = (int) Math.min(FloatStorage.PIECE, segment.count() - offset);
        pieces.add(new Piece(segment, offset, count));
      }
    }
  }

  /** Summed up in the order of the pieces, so that it doesn't depend on the threads. */
  @Override
  public double gradientNorm() {
    double[] squares = new double[pieces.size()];
    NativeThreads.forEach(
        pieces.size(),
        () -> {
          FloatStorage gradients = new FloatStorage(vectors.gradients());
          float[] g = new float[FloatStorage.PIECE];
          return number -> {
            Piece piece = pieces.get(number);
            if (piece.segment.isLearned()) {
              gradients.read(piece.start(), g, piece.count);
              squares[number] = sumOfSquares(g, piece.count);
            }
          };
        });
    return Math.sqrt(Arrays.stream(squares).sum());
  }

  private static double sumOfSquares(float[] values, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += (double) values[i] * values[i];
    }
    return sum;
  }

  @Override
  public void take(Step step) {
    NativeThreads.forEach(pieces.size(), () -> new Worker(step));
  }

  /** Takes a step for one piece after the other. */
  private final class Worker implements IntConsumer {

    private final Step step;
    private final UpdateLoop update;
    private final FloatStorage parameters = new FloatStorage(vectors.parameters());
    private final FloatStorage gradients = new FloatStorage(vectors.gradients());
    private final List<FloatStorage> state = new ArrayList<>();
    private final Optional<FloatStorage> average = vectors.average().map(FloatStorage::new);
    private final float[] p = new float[FloatStorage.PIECE];
    private final float[] g = new float[FloatStorage.PIECE];
    private final float[][] s = new float[vectors.state().size()][FloatStorage.PIECE];

    Worker(Step step) {
      this.step = step;
      update = UpdateLoop.of(step);
      for (INDArray vector : vectors.state()) {
        state.add(new FloatStorage(vector));
      }
    }

    @Override
    public void accept(int number) {
      Piece piece = pieces.get(number);
      parameters.read(piece.start(), p, piece.count);
      gradients.read(piece.start(), g, piece.count);
      if (piece.segment.isLearned()) {
        learn(piece);
      } else {
        subtract(p, g, piece.count);
      }
      parameters.write(piece.start(), p, piece.count);
    }

    private void learn(Piece piece) {
      int count = piece.count;
      divide(g, step.batch(), count);
      if (step.clipping() < 1) {
        scale(g, (float) step.clipping(), count);
      }
      double decay = piece.segment.weightDecay();
      if (decay > 0 && step.decaysDecoupled()) {
        scale(p, (float) step.retained(decay), count);
      } else if (decay > 0) {
        addScaled(g, p, (float) decay, count);
      }
      for (int i = 0; i < s.length; i++) {
        state.get(i).read(piece.learnedStart(), s[i], count);
      }
      update.apply(p, g, s, count);
      for (int i = 0; i < s.length; i++) {
        state.get(i).write(piece.learnedStart(), s[i], count);
      }
      average.ifPresent(mean -> follow(mean, piece));
    }

    private void follow(FloatStorage mean, Piece piece) {
      float[] a = g; // free by now
      if (step.startsAverage()) {
        mean.write(piece.learnedStart(), p, piece.count);
        return;
      }
      mean.read(piece.learnedStart(), a, piece.count);
      approach(a, p, (float) (1 - step.averageDecay()), piece.count);
      mean.write(piece.learnedStart(), a, piece.count);
    }
  }

  private static void subtract(float[] from, float[] values, int count) {
    for (int i = 0; i < count; i++) {
      from[i] -= values[i];
    }
  }

  private static void divide(float[] values, float divisor, int count) {
    for (int i = 0; i < count; i++) {
      values[i] /= divisor;
    }
  }

  private static void scale(float[] values, float factor, int count) {
    for (int i = 0; i < count; i++) {
      values[i] *= factor;
    }
  }

  private static void addScaled(float[] to, float[] values, float factor, int count) {
    for (int i = 0; i < count; i++) {
      to[i] = Math.fma(factor, values[i], to[i]);
    }
  }

  private static void approach(float[] values, float[] target, float share, int count) {
    for (int i = 0; i < count; i++) {
      values[i] += share * (target[i] - values[i]);
    }
  }
}
