package org.bilateralbrain.nn;

import java.util.List;
import org.bilateralbrain.nn.InitialValues.Distribution;
import org.bilateralbrain.nn.InitialValues.Distribution.Constant;
import org.bilateralbrain.nn.Parameter.Kind;

/**
 * What a layer computes. Images have their channels last; the numerics are PyTorch's (padding,
 * epsilon 1e-5, population variance for the batch and unbiased variance for the running
 * statistics).
 */
public sealed interface Operation {

  /** Shape of one example's output for an input of this shape. */
  Shape output(Shape input);

  /**
   * @param layer name of the layer, which prefixes the parameters' names
   */
  default List<Parameter> parameters(String layer, Shape input) {
    return List.of();
  }

  private static Parameter bias(String layer, int outputs, Distribution start) {
    return new Parameter(layer + ".bias", List.of(outputs), Kind.BIAS, start);
  }

  /**
   * Additions and multiplications of the matrix product for one example; 0 for layers without one.
   */
  default long flops(Shape input) {
    return 0;
  }

  /**
   * A convolution with a square kernel of odd size and zero padding that preserves height and width
   * at stride 1.
   *
   * @param start the rules for its initial values
   */
  record Convolution(int kernel, int channels, int stride, boolean biased, InitialValues start)
      implements Operation {

    public Convolution {
      if (kernel < 1 || kernel % 2 == 0) {
        throw new IllegalArgumentException("The kernel size must be odd, got " + kernel);
      }
      if (stride < 1 || channels < 1) {
        throw new IllegalArgumentException(
            "Stride and channels must be at least 1, got %s and %s".formatted(stride, channels));
      }
    }

    /** Started with PyTorch's defaults. */
    public Convolution(int kernel, int channels, int stride, boolean biased) {
      this(kernel, channels, stride, biased, InitialValues.PYTORCH);
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
      Distribution drawn = start.convolution(fanIn, kernel * kernel * channels);
      Parameter weight = new Parameter(layer + ".weight", shape, Kind.WEIGHT, drawn);
      return biased ? List.of(weight, bias(layer, channels, start.bias(fanIn))) : List.of(weight);
    }

    @Override
    public long flops(Shape input) {
      return 2 * output(input).values() * kernel * kernel * input.channels();
    }
  }

  /** Keeps the largest values and sets the rest to zero. */
  record KWinners(Sparsity sparsity) implements Operation {
    @Override
    public Shape output(Shape input) {
      return input;
    }
  }

  /**
   * Batch norm, an optional ReLU, then max pooling over non-overlapping squares. They form one
   * operation because engines compute the three together.
   *
   * @param momentum PyTorch's: the weight of the batch in the running statistics
   * @param rectified whether there is a ReLU
   * @param pool edge length of the squares; 1 for no pooling. Rows and columns that don't fill a
   *     square are dropped.
   */
  record NormReluPool(double momentum, boolean rectified, int pool) implements Operation {

    public NormReluPool {
      if (!(momentum > 0 && momentum <= 1)) {
        throw new IllegalArgumentException("momentum must be in (0, 1], got " + momentum);
      }
      if (pool < 1 || (pool > 1 && !rectified)) {
        throw new IllegalArgumentException(
            "The pool size must be at least 1, and 1 without a ReLU, got " + pool);
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
          new Parameter(layer + ".weight", shape, Kind.GAMMA, new Constant(1)),
          new Parameter(layer + ".bias", shape, Kind.BETA, new Constant(0)),
          new Parameter(layer + ".running_mean", shape, Kind.RUNNING_MEAN, new Constant(0)),
          new Parameter(layer + ".running_var", shape, Kind.RUNNING_VARIANCE, new Constant(1)));
    }
  }

  /** Negative values become zero. */
  record Relu() implements Operation {
    @Override
    public Shape output(Shape input) {
      return input;
    }
  }

  /** Max pooling over non-overlapping squares. */
  record MaxPool(int size) implements Operation {
    @Override
    public Shape output(Shape input) {
      return new Shape(input.height() / size, input.width() / size, input.channels());
    }
  }

  /** Each channel's mean, repeated as adaptive pooling to a larger size repeats a single pixel. */
  record GlobalAveragePool(int copies) implements Operation {
    @Override
    public Shape output(Shape input) {
      return Shape.vector(input.channels() * copies);
    }
  }

  /** Each channel's maximum. */
  record GlobalMaxPool() implements Operation {
    @Override
    public Shape output(Shape input) {
      return Shape.vector(input.channels());
    }
  }

  /**
   * A linear layer with bias, optionally followed by a ReLU.
   *
   * @param start the rules for its initial values
   */
  record Linear(int outputs, boolean rectified, InitialValues start) implements Operation {

    /** Started with PyTorch's defaults. */
    public Linear(int outputs, boolean rectified) {
      this(outputs, rectified, InitialValues.PYTORCH);
    }

    @Override
    public Shape output(Shape input) {
      return Shape.vector(outputs);
    }

    @Override
    public List<Parameter> parameters(String layer, Shape input) {
      int inputs = Math.toIntExact(input.values());
      return List.of(
          new Parameter(
              layer + ".weight", List.of(outputs, inputs), Kind.WEIGHT, start.linear(inputs)),
          bias(layer, outputs, start.bias(inputs)));
    }

    @Override
    public long flops(Shape input) {
      return 2 * input.values() * outputs;
    }
  }

  /** In training, drops each value with this probability and scales up the rest. */
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
