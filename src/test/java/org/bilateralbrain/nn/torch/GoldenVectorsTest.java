package org.bilateralbrain.nn.torch;

import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.GoldenVectorsContract;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Network;
import org.bilateralbrain.nn.Precision;
import org.bilateralbrain.nn.Weights;
import org.bilateralbrain.nn.WithGoldenVectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

@WithGoldenVectors
class GoldenVectorsTest {

  @Nested
  class OnTheCpu extends OnDevice {
    OnTheCpu() {
      super(TorchDevice.CPU);
    }
  }

  /** Inputs are made by tensor operations, as on a GPU. */
  @Nested
  class OnTheCpuAsOnAGpu extends OnDevice {
    OnTheCpuAsOnAGpu() {
      super(TorchDevice.CPU_AS_GPU);
    }
  }

  @Nested
  @EnabledIfEnvironmentVariable(
      named = TorchNetworks.GPU,
      matches = ".+",
      disabledReason = "no GPU given")
  class OnAGpu extends OnDevice {
    OnAGpu() {
      super(TorchNetworks.gpu());
    }
  }

  abstract static class OnDevice extends GoldenVectorsContract {

    private final TorchDevice device;

    OnDevice(TorchDevice device) {
      this.device = device;
    }

    @BeforeEach
    void oneThread() {
      TorchNetworks.useThreads(1);
    }

    @Override
    protected Network create(Architecture architecture, Hyperparameters hyperparameters) {
      return new TorchNetwork(architecture, hyperparameters, device, Precision.FLOAT32);
    }

    @Override
    protected Weights gradients(Network network, Examples examples) {
      return ((TorchNetwork) network).gradientsOf(examples);
    }

    @Override
    protected void inDoublePrecision(Runnable training) {
      TorchNetworks.inDoublePrecision(training);
    }
  }
}
