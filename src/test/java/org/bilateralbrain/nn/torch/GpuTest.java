package org.bilateralbrain.nn.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.bilateralbrain.data.Batch;
import org.bilateralbrain.nn.Architecture;
import org.bilateralbrain.nn.Backbone;
import org.bilateralbrain.nn.Examples;
import org.bilateralbrain.nn.Hyperparameters;
import org.bilateralbrain.nn.Precision;
import org.bilateralbrain.nn.Rates;
import org.bilateralbrain.nn.TestNetworks;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a real GPU computes; see ci/gpu.sh. */
@EnabledIfEnvironmentVariable(
    named = TorchNetworks.GPU,
    matches = ".+",
    disabledReason = "no GPU given")
class GpuTest {

  private static final Rates SLOW_RATES = TestNetworks.rates(1e-5);
  private static final Hyperparameters SLOW = Hyperparameters.adam(1e-3, 0.6);

  private final List<Examples> batches = TorchNetworks.batches();
  private final Architecture resNet9 = TestNetworks.unilateral(Backbone.RESNET9, 8);
  private TorchDevice gpu;

  @BeforeEach
  void bind() {
    gpu = TorchNetworks.gpu();
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void theSameTrainingGivesTheSameWeights(Precision precision) {
    assertThat(trained(precision)).isEqualTo(trained(precision));
  }

  private String trained(Precision precision) {
    try (TorchNetwork network = TorchNetworks.create(resNet9, SLOW, gpu, precision)) {
      TorchNetworks.train(network, batches, 0, SLOW_RATES);
      return network.weights().digest();
    }
  }

  @Test
  void theLossesAreThoseOfTheCpu() {
    double expected = meanLoss(TorchDevice.CPU);

    assertThat(meanLoss(gpu)).isCloseTo(expected, within(1e-3 * expected));
  }

  private double meanLoss(TorchDevice device) {
    try (TorchNetwork network = TorchNetworks.create(resNet9, SLOW, device, Precision.FLOAT32)) {
      TorchNetworks.train(network, batches, 0, SLOW_RATES);
      return network.meanLoss();
    }
  }

  @Test
  void imagesAreCroppedAndNormalisedAsOnTheCpu() {
    Batch batch = ((Examples.OfImages) batches.get(0)).batch();

    assertThat(pixels(gpu, batch)).isEqualTo(pixels(TorchDevice.CPU_AS_GPU, batch));
  }

  @SuppressWarnings("try") // the resource is only a scope
  private static float[] pixels(TorchDevice device, Batch batch) {
    try (PointerScope scope = new PointerScope()) {
      return Tensors.values(DeviceImages.on(device, batch.images()).pixels(batch));
    }
  }
}
