package org.bilateralbrain.nn;

import java.util.List;
import org.bilateralbrain.nn.Parameter.Kind;

/**
 * What a layer computes. Images keep their channels last; the numerics are PyTorch's (padding,
 * epsilon 1e-5, population variance for the batch and unbiased variance for the running
 * statistics).
 */
public sealed interface Operation {

  /** What comes out for an input of this shape. */
  Shape output(Shape input);

  /**
   * @param layer name, which is the prefix of the parameters' names
   */
  default List<Parameter> parameters(String layer, Shape input) {
    return List.of();
  }

  /**
   * Additions and multiplications of the matrix product for one example; 0 for layers without one.
   */
  default long products(Shape input) {
    return 0;
  }

  /**
   * A square kernel of odd size, padded with zeros so that with stride 1 height and width stay the
   * same.
   */
  record Convolution(int kernel, int channels, int stride, boolean biased) implements Operation {

    public Convolution {
      if (kernel < 1 || kernel % 2 == 0) {
        throw new IllegalArgumentException("The kernel size must be odd, got " + kernel);
      }
      if (stride < 1 || channels < 1) {
        throw new IllegalArgumentException(
            "Stride and channels must be at least 1, got %s and %s".formatted(stride, channels));
      }
    }

    @Override
    public Shape output(Shape input) {
      return new Shape(extent(input.height()), extent(input.width()), channels);
    }

    private int extent(int extentIn) {
      return (extentIn + 2 * (kernel / 2) - kernel) / stride + 1;
    }

    @Override
    public List<Parameter> parameters(String layer, Shape input) {
      int fanIn = kernel * kernel * input.channels();
      List<Integer> shape = List.of(channels, input.channels(), kernel, kernel);
      Parameter weight = new Parameter(layer + ".weight", shape, Kind.WEIGHT, fanIn);
      return biased
          ? List.of(weight, new Parameter(layer + ".bias", List.of(channels), Kind.BIAS, fanIn))
          : List.of(weight);
    }

    @Override
    public long products(Shape input) {
      return 2 * output(input).values() * kernel * kernel * input.channels();
    }
  }

  /** Lets the largest values through and zeroes the rest. */
  record KWinners(Sparsity sparsity) implements Operation {
    @Override
    public Shape output(Shape input) {
      return input;
    }
  }

  /**
   * Batch norm, then ReLU where wanted, then max pooling over squares without overlap: one
   * operation, because engines compute the three together.
   *
   * @param momentum PyTorch's: the weight of the batch in the running statistics
   * @param pool edge of the squares; 1 pools nothing. Rows and columns that don't fill a square are
   *     left out.
   */
  record NormReluPool(double momentum, boolean rectified, int pool) implements Operation {

    public NormReluPool {
      if (!(momentum > 0 && momentum <= 1)) {
        throw new IllegalArgumentException("momentum must be in (0, 1], got " + momentum);
      }
      if (pool < 1 || (pool > 1 && !rectified)) {
        throw new IllegalArgumentException("A pool of %s needs a ReLU before it".formatted(pool));
      }
    }

    @Override
    public Shape output(Shape input) {
      return new Shape(input.height() / pool, input.width() / pool, input.channels());
    }

    @Override
    public List<Parameter> parameters(String layer, Shape input) {
      List<Integer> shape = List.of(input.channels());
      return List.of(
          new Parameter(layer + ".weight", shape, Kind.GAMMA, 0),
          new Parameter(layer + ".bias", shape, Kind.BETA, 0),
          new Parameter(layer + ".running_mean", shape, Kind.RUNNING_MEAN, 0),
          new Parameter(layer + ".running_var", shape, Kind.RUNNING_VARIANCE, 0));
    }
  }

  /** Negative values become zero. */
  record Relu() implements Operation {
    @Override
    public Shape output(Shape input) {
      return input;
    }
  }

  /** The highest value of each square, without overlap. */
  record MaxPool(int size) implements Operation {
    @Override
    public Shape output(Shape input) {
      return new Shape(input.height() / size, input.width() / size, input.channels());
    }
  }

  /**
   * Each channel's mean, so many times: as adaptive pooling of one pixel to a larger size repeats
   * it.
   */
  record GlobalAveragePool(int copies) implements Operation {
    @Override
    public Shape output(Shape input) {
      return Shape.vector(input.channels() * copies);
    }
  }

  /** Each channel's highest value. */
  record GlobalMaxPool() implements Operation {
    @Override
    public Shape output(Shape input) {
      return Shape.vector(input.channels());
    }
  }

  /** A linear layer with a bias, and a ReLU after it where wanted. */
  record Linear(int outputs, boolean rectified) implements Operation {
    @Override
    public Shape output(Shape input) {
      return Shape.vector(outputs);
    }

    @Override
    public List<Parameter> parameters(String layer, Shape input) {
      int inputs = Math.toIntExact(input.values());
      return List.of(
          new Parameter(layer + ".weight", List.of(outputs, inputs), Kind.WEIGHT, inputs),
          new Parameter(layer + ".bias", List.of(outputs), Kind.BIAS, inputs));
    }

    @Override
    public long products(Shape input) {
      return 2 * input.values() * outputs;
    }
  }

  /** In training, drops this share of the values and scales the others up. */
  record Dropout(double dropped) implements Operation {
    @Override
    public Shape output(Shape input) {
      return input;
    }
  }

  /** The sum of two inputs of the same shape. */
  record Sum() implements Operation {
    @Override
    public Shape output(Shape input) {
      return input;
    }
  }
}
