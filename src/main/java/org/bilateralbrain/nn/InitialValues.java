package org.bilateralbrain.nn;

/** The rules by which convolutions and linear layers get their initial weights and biases. */
public enum InitialValues {
  /** PyTorch's defaults: weights and biases are uniform in ±1/sqrt(fan in). */
  PYTORCH {
    @Override
    Distribution convolution(int fanIn, int fanOut) {
      return new Distribution.Uniform(1 / Math.sqrt(fanIn));
    }

    @Override
    Distribution linear(int fanIn) {
      return new Distribution.Uniform(1 / Math.sqrt(fanIn));
    }

    @Override
    Distribution bias(int fanIn) {
      return new Distribution.Uniform(1 / Math.sqrt(fanIn));
    }
  },

  /**
   * torchvision's for VGG: convolutions as in He et al. (arXiv:1502.01852, section 2.2, backward
   * case) with deviation sqrt(2 / fan out), linear layers with deviation 0.01, biases 0.
   */
  TORCHVISION_VGG {
    @Override
    Distribution convolution(int fanIn, int fanOut) {
      return new Distribution.Normal(Math.sqrt(2.0 / fanOut));
    }

    @Override
    Distribution linear(int fanIn) {
      return new Distribution.Normal(0.01);
    }

    @Override
    Distribution bias(int fanIn) {
      return new Distribution.Constant(0);
    }
  };

  /**
   * Of a kernel.
   *
   * @param fanIn input channels times the kernel's area
   * @param fanOut output channels times the kernel's area
   */
  abstract Distribution convolution(int fanIn, int fanOut);

  /** Of a linear layer's weights. */
  abstract Distribution linear(int fanIn);

  /** Of either's biases. */
  abstract Distribution bias(int fanIn);

  /** What each initial value of a parameter is drawn from. */
  public sealed interface Distribution {

    /** In ±bound. */
    record Uniform(double bound) implements Distribution {}

    /** With mean 0. */
    record Normal(double deviation) implements Distribution {}

    record Constant(double value) implements Distribution {}
  }
}
